// Rules of the limits: recomputed over all payments, independently of the code that decided.
import { limitRules } from '@bahi/contracts/limits.ts'
import { payRules } from '@bahi/contracts/rules.ts'
import { maxTriesPerDay } from '@bahi/payment/limits/limits.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { firstFaults, type Rule } from './rule.ts'

/** The dated limits of everybody as rows, each with the moment when the next one takes over. */
const datedLimits = (tx: Tx) => {
  const rows = limitRules.map(({ effectiveFrom, everybody }, i) => ({
    from_at: effectiveFrom,
    to_at: limitRules[i + 1]?.effectiveFrom ?? 'infinity',
    transaction_paise: everybody.perTransactionPaise,
    day_paise: everybody.perDayPaise,
    day_count: everybody.perDayCount,
  }))
  return tx`
    select from_at, to_at, transaction_paise, day_paise, day_count
    from jsonb_to_recordset(${tx.json(rows)}) as r (from_at timestamptz, to_at timestamptz, transaction_paise bigint,
      day_paise bigint, day_count int)`
}

/** Those of the categories, likewise; what a category does not limit is null. */
const datedCategories = (tx: Tx) => {
  const rows = limitRules.flatMap(({ effectiveFrom, categories }, i) =>
    Object.entries(categories).map(([category, { limits }]) => ({
      ...{ category, from_at: effectiveFrom, to_at: limitRules[i + 1]?.effectiveFrom ?? 'infinity' },
      transaction_paise: limits.perTransactionPaise,
      day_paise: limits.perDayPaise,
      day_count: limits.perDayCount,
    })),
  )
  return tx`
    select category, from_at, to_at, transaction_paise, day_paise, day_count
    from jsonb_to_recordset(${tx.json(rows as never)}) as r (category text, from_at timestamptz, to_at timestamptz,
      transaction_paise bigint, day_paise bigint, day_count int)`
}

/** The dated rules of cooling periods, likewise. */
const datedCooling = (tx: Tx) => {
  const rows = payRules.map((rule, i) => ({
    from_at: rule.effectiveFrom,
    to_at: payRules[i + 1]?.effectiveFrom ?? 'infinity',
    cooling_hours: rule.coolingHours,
    cooling_sum: rule.coolingSumPaise,
  }))
  return tx`
    select from_at, to_at, cooling_hours, cooling_sum
    from jsonb_to_recordset(${tx.json(rows)}) as r (from_at timestamptz, to_at timestamptz, cooling_hours int,
      cooling_sum bigint)`
}

export const rulesOfLimits: Rule[] = [
  {
    name: 'daily-limits',
    says: 'No payer exceeded the limits for one payment and for a rolling day, in amount or count.',
    needs: ['payment.payments'],
    over: 'payment.payments',
    find: ({ tx, has }) => {
      const sent = has('payment.payments.route') ? tx`p.route <> 'i'` : tx`true`
      return firstFaults(
        tx,
        tx`
        with paid as (
          select p.id, p.payer_user_id, p.created_at, p.amount_paise, p.limit_category,
            sum(p.amount_paise) over day as paise, count(*) over day as count
          from payment.payments p
          where p.status <> 'failed' and p.payer_user_id is not null and ${sent}
          window day as (partition by p.payer_user_id, p.limit_category order by p.created_at
            range between interval '23:59:59.999' preceding and current row)
        )
        select format('%s: %s paise, in its day %s paise in %s payments of %s', d.id, d.amount_paise, d.paise, d.count,
          d.payer_user_id) as detail
        from paid d join (${datedLimits(tx)}) r on d.created_at >= r.from_at and d.created_at < r.to_at
        where d.limit_category is null
          and (d.amount_paise > r.transaction_paise or d.paise > r.day_paise or d.count > r.day_count)
        union all
        select format('%s of %s: %s paise, in its day %s paise in %s payments of %s', d.id, d.limit_category,
          d.amount_paise, d.paise, d.count, d.payer_user_id)
        from paid d left join (${datedCategories(tx)}) r
          on r.category = d.limit_category and d.created_at >= r.from_at and d.created_at < r.to_at
        where d.limit_category is not null and (r.category is null
          or d.amount_paise > r.transaction_paise or d.paise > r.day_paise or d.count > r.day_count)
        union all
        select format('%s tries of %s in the day before %s', t.tries, t.payer_user_id, t.id)
        from (
          select p.id, p.payer_user_id, count(*) over (partition by p.payer_user_id order by p.created_at
            range between interval '23:59:59.999' preceding and current row) as tries
          from payment.payments p where p.payer_user_id is not null and ${sent}
        ) t where t.tries > ${maxTriesPerDay}`,
      )
    },
  },
  {
    name: 'cooling-period-limits',
    says: 'Nobody paid more than the cooling period allows after registering or setting a PIN.',
    needs: ['payment.payments', 'auth.people', 'account.linked_accounts', 'account.bank_accounts'],
    over: 'payment.payments',
    find: ({ tx, has }) => {
      const sent = has('payment.payments.route') ? tx`p.route <> 'i'` : tx`true`
      // A minute's slack: a payment that resolved its parties just before the cause does not know of it.
      return firstFaults(
        tx,
        tx`
        with causes as (
          select id as user_id, null::uuid as account_id, registered_at + interval '1 minute' as at from auth.people
          where registered_at is not null
          union all
          select l.user_id, l.id, b.pin_set_at + interval '1 minute'
          from account.linked_accounts l join account.bank_accounts b on b.id = l.bank_account_id
          where b.pin_set_at is not null
        ), cooled as (
          select c.user_id, c.account_id, c.at, p.id, p.created_at, p.payer_account_id,
            sum(p.amount_paise) over (partition by c.user_id, c.account_id order by p.created_at) as paise
          from causes c join payment.payments p on p.payer_user_id = c.user_id and p.created_at >= c.at
          where p.status <> 'failed' and ${sent}
        )
        select format('%s: %s paise of %s since %s', d.id, d.paise, d.user_id, d.at) as detail
        from cooled d join (${datedCooling(tx)}) r on d.created_at >= r.from_at and d.created_at < r.to_at
        where d.paise > r.cooling_sum and d.created_at < d.at + make_interval(hours => r.cooling_hours)
            - interval '1 minute'
          and (d.account_id is null or d.account_id = d.payer_account_id)`,
      )
    },
  },
]
