// Rules of mandates: what was due is recomputed from the events of the terms, and compared with what was debited.
import { debitFault, mandateRulesAt, nextDebit, type MandateTerms } from '@bahi/contracts/mandate-rules.ts'
import { addDays, istDateOf } from '@bahi/contracts/recurrence.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { mandateNeeds as needs, mandatesAtOtherBanks as otherBanks, numberIdOf } from './mandates-across.ts'
import { firstFaults, maxReported, type Rule } from './rule.ts'

const over = 'payment.mandate_debits'

/** Payment `p` of debit `d` of mandate `m` began before its payer, who was elsewhere then, moved it here. */
const beganElsewhere = (tx: Tx) => tx`(p.payer_user_id is null and exists (
  select from payment.events e where e.stream = m.id::text and e.type = 'payment.mandate-ported-in'
    and e.at >= d.begun_at))`

export const mandateRules: Rule[] = [
  {
    name: 'mandate-debit-is-paid-once',
    says: 'A paid debit has one settled payment, of its people and amount; no other payment is for it.',
    needs,
    over,
    find: ({ tx, quiescent, isArchived }) =>
      firstFaults(
        tx,
        tx`
        with paying as (
          select origin_id, count(*) filter (where status = 'settled') as settled,
            count(*) filter (where status = 'pending') as pending
          from payment.payments where origin_kind = 'mandate' group by origin_id
        )
        select format('debit %s is %s: %s payments settled, %s pending', coalesce(d.id::text, p.origin_id),
          coalesce(d.status, 'nowhere'), coalesce(p.settled, 0), coalesce(p.pending, 0)) as detail
        from payment.mandate_debits d full join paying p on p.origin_id = d.id::text
        where not ${isArchived(tx`d.payment_id`)} and (d.id is null
          or coalesce(p.settled, 0) <> (d.status = 'paid')::int
          or coalesce(p.pending, 0) > (d.completed_at is null and d.payment_id is not null)::int
          or (${quiescent} and d.completed_at is null and d.payment_id is not null))
        union all
        select format('debit %s is paid by %s, which is %s', d.id, d.payment_id,
          coalesce(p.status, 'not there') || ' with other content') as detail
        from payment.mandate_debits d join payment.mandates m on m.id = d.mandate_id
        left join payment.payments p on p.id = d.payment_id
        where d.status = 'paid' and not ${isArchived(tx`d.payment_id`)}
          and (p.id is null or p.status <> 'settled' or p.amount_paise <> d.amount_paise
          or not ${beganElsewhere(tx)} and (p.payer_user_id is distinct from m.payer_user_id
            or p.payer_vpa <> m.payer_vpa and not exists (
              select from payment.events e where e.stream = m.id::text and e.at >= p.completed_at
                and (e.type = 'payment.mandate-ported' and e.data ->> 'fromVpa' = p.payer_vpa
                  or e.type = 'payment.mandate-ported-out')))
          or p.payee_vpa <> m.payee_vpa or (p.origin_kind, p.origin_id) is distinct from ('mandate', d.id::text))`,
      ),
  },
  {
    name: 'mandate-debit-is-in-the-bank',
    says: 'What the bank debited by a mandate is a payment of that debit; nothing else is debited without a PIN.',
    needs: [...needs, 'account.network_legs'],
    over: 'account.mandate_debits',
    find({ tx, quiescent, has, isArchived }) {
      const knowsOthers = otherBanks.every(has)
      const debitedThere = knowsOthers
        ? tx`union all
          select b.umn, a.mandate_id, b.sequence, p.id, b.txn_id, b.amount_paise
          from sandbox.bank_mandate_debits b join sandbox.bank_mandates a on a.umn = b.umn
          left join payment.payments p on left(p.txn_prefix || replace(p.id::text, '-', ''), 35) = b.txn_id
          where not exists (
            select from sandbox.bank_entries e where e.txn_id = b.txn_id and e.leg = 'DEBIT-REVERSAL')
            -- What another app debited, which had the mandate then, is no payment of ours.
            and (b.made_by is null or exists (select from payment.mandates m
              where ${numberIdOf(tx)} = a.mandate_id and m.payer_user_id is not null
                and split_part(m.payer_vpa, '@', 2) = split_part(b.made_by, '@', 2)))`
        : tx``
      const heldThere = knowsOthers
        ? tx`union all select mandate_id, umn, revoked_at from sandbox.bank_mandates`
        : tx``
      const isHeldHere =
        !knowsOthers && has('account.mandates_elsewhere')
          ? tx`not exists (select from account.mandates_elsewhere e
            where split_part(e.umn, '@', 1) = replace(${numberIdOf(tx)}::text, '-', ''))`
          : tx`true`
      return firstFaults(
        tx,
        tx`
        with debited as (
          select b.umn, a.mandate_id, b.sequence, b.transfer_id as payment_id, null::text as txn_id, b.amount_paise
          from account.mandate_debits b join account.mandates a on a.umn = b.umn
          -- What another app debited is a leg, and no payment of ours.
          where not exists (select from account.network_legs l where l.transfer_id = b.transfer_id)
          ${debitedThere}
        ), held as (
          select mandate_id, umn, revoked_at from account.mandates
          ${heldThere}
        )
        select format('bank debit %s of %s, payment %s', b.sequence, b.umn, coalesce(b.payment_id::text, b.txn_id))
          as detail
        from debited b
        left join payment.payments p on p.id = b.payment_id
        left join payment.mandate_debits d on d.id::text = p.origin_id and p.origin_kind = 'mandate'
        left join payment.mandates m on m.id = d.mandate_id
        where not ${isArchived(tx`coalesce(b.payment_id, right(b.txn_id, 32)::uuid)`)} and (
          p.id is null or d.id is null or ${numberIdOf(tx)} <> b.mandate_id or d.sequence <> b.sequence
          or p.amount_paise <> b.amount_paise or p.status = 'failed' and (p.route = 'l' or b.txn_id is not null)
          or (${quiescent} and (p.route = 'l' or b.txn_id is not null) and d.status <> 'paid'))
        union all
        select format('mandate %s is %s here and %s at the bank', m.id, m.status,
          case when a.mandate_id is null then 'unknown' when a.revoked_at is null then 'live' else 'revoked' end)
        from payment.mandates m
        left join held a on a.mandate_id = ${numberIdOf(tx)}
          and split_part(a.umn, '@', 2) = split_part(m.payer_vpa, '@', 2)
        where m.pending_operation is null and m.payer_user_id is not null and ${isHeldHere} and (
          m.status in ('active', 'completed') and (a.mandate_id is null or a.revoked_at is not null)
          or m.status = 'revoked' and a.revoked_at is null
          or m.status in ('requested', 'declined', 'failed') and a.mandate_id is not null)`,
      )
    },
  },
  {
    name: 'mandate-reserves-its-money',
    says: 'What a mandate reserves is held in its account, all of it, until it is debited by it, revoked or over.',
    needs: [...needs, 'account.holds', 'account.network_legs', 'sandbox.payer_mandates'],
    over: 'account.mandates',
    find: ({ tx, isArchived }) =>
      firstFaults(
        tx,
        tx`
        select format('mandate %s reserves nothing', a.umn) as detail
        from account.mandates a left join payment.mandates m on ${numberIdOf(tx)} = a.mandate_id
        left join sandbox.payer_mandates p on p.umn = a.umn
        where a.hold_id is null and coalesce(p.terms, m.terms) ->> 'blockFunds' = 'true'
        union all
        select format('mandate %s of %s paise, revoked %s, has a hold of %s paise, %s', a.umn, a.amount_paise,
          a.revoked_at, h.amount_paise, coalesce(h.outcome, 'open'))
        from account.mandates a join account.bank_accounts b on b.id = a.bank_account_id
        left join account.holds h on h.id = a.hold_id
        where a.hold_id is not null and (h.id is null or h.debit_account <> b.ledger_account_id
          or h.amount_paise <> a.amount_paise or h.outcome is null and a.revoked_at is not null
          or h.outcome = 'voided' and a.revoked_at is null
          or h.outcome = 'captured' and not ${isArchived(tx`h.closed_by`)}
            and not exists (select from account.mandate_debits d where d.umn = a.umn and d.transfer_id = h.closed_by)
            -- A debit of another app that was given back, and made again.
            and not exists (select from account.network_legs l join account.network_legs r on r.txn_id = l.txn_id
              where l.transfer_id = h.closed_by and r.leg = 'DEBIT-REVERSAL' and r.code = '00'))`,
      ),
  },
  {
    name: 'mandate-matches-events',
    says: 'Every mandate and debit matches its events; a debit is announced before it is made, and over once.',
    needs,
    over: 'payment.mandates',
    find: ({ tx }) =>
      firstFaults(
        tx,
        tx`
        with streams as (
          select stream, max(version) as version, count(*) as count from payment.events
          where type like 'payment.mandate-%' group by stream
        ), marks as (
          select stream, (data ->> 'sequence')::int as sequence,
            count(*) filter (where type like '%-announced') as announced,
            count(*) filter (where type like '%-paid') as paid,
            count(*) filter (where type like '%-skipped') as skipped,
            count(*) filter (where type like '%-refused') as refused,
            count(*) filter (where type like '%-failed') as failures,
            count(*) filter (where type like '%-failed' and not data ? 'nextAt') as failed,
            max(data ->> 'paymentId') filter (where type like '%-paid') as payment_id,
            min(at) filter (where type like '%-announced') as announced_at,
            max(at) filter (where type like '%-paid') as paid_at
          from payment.events where type like 'payment.mandate-debit-%' group by 1, 2
        )
        select format('mandate %s, version %s: events up to %s, %s in all', coalesce(m.id::text, s.stream), m.version,
          s.version, s.count) as detail
        from payment.mandates m full join streams s on s.stream = m.id::text
        where m.id is null or m.version <> coalesce(s.version, 0) or s.count <> s.version
        union all
        select format('debit %s of %s is %s: announced %s, paid %s, failed %s, skipped %s', d.sequence, d.mandate_id,
          coalesce(d.status, 'nowhere'), k.announced, k.paid, k.failed, k.skipped)
        from (
          -- Whom the app of a payer elsewhere has not notified yet, or never will.
          select d.id, d.mandate_id, d.sequence, d.status, d.attempts, d.payment_id, d.txn_id,
            (m.payee_user_id is not null and d.noticed_at is null
              and (m.payer_user_id is null or m.umn is not null and d.status = 'failed' and d.attempts = 0))::int
              as unnoticed
          from payment.mandate_debits d join payment.mandates m on m.id = d.mandate_id
        ) d full join marks k on k.stream = d.mandate_id::text and k.sequence = d.sequence
        where d.id is null or coalesce(k.announced, 0) <> 1 - d.unnoticed
          or coalesce(k.paid, 0) <> (d.status = 'paid')::int
          or coalesce(k.failed, 0) <> (d.status = 'failed' and (d.attempts > 0 or d.unnoticed = 0))::int
          or coalesce(k.skipped, 0) <> (d.status = 'skipped')::int or coalesce(k.failures, 0) <> d.attempts
          or d.unnoticed = 1 and (d.status = 'paid' or d.txn_id is not null)
          or d.status = 'failed' and d.attempts = 0 and coalesce(k.refused, 0) = 0
          or d.status = 'paid' and (k.payment_id is distinct from d.payment_id::text or k.paid_at < k.announced_at)`,
      ),
  },
  {
    name: 'mandate-debits-are-those-due',
    says: 'The platform debits every period that its terms name, each once, within terms and notice, and no other.',
    needs,
    over: 'payment.mandate_debits',
    async find({ tx }) {
      const rows = await tx<Row[]>`
        select m.id, m.terms, m.last_period, m.presented_by, m.mcc,
          exists (select from payment.events e where e.stream = m.id::text
            and e.type in
              ('payment.mandate-updated', 'payment.mandate-paused', 'payment.mandate-ported-in')) as changed,
          (select min(e.at) from payment.events e where e.stream = m.id::text
            and e.type = 'payment.mandate-authorised') as since,
          coalesce((select json_agg(json_build_object('period', d.period, 'dueOn', d.due_on::text,
            'amountPaise', d.amount_paise, 'noticeH', extract(epoch from d.execute_at - d.announced_at) / 3600,
            'waits', d.status in ('planned', 'awaiting-approval') and d.payment_id is null
              and m.payer_user_id is not null and m.payee_user_id is not null and m.ported_at is null)
            order by d.sequence) from payment.mandate_debits d where d.mandate_id = m.id), '[]') as debits
        from payment.mandates m`
      const all = rows.flatMap((row) =>
        faultsOf(row).map((what) => ({ detail: `mandate ${row.id}: ${what}` })),
      )
      return all.slice(0, maxReported).map((fault) => ({ ...fault, total: all.length }))
    },
  },
]

type Row = {
  id: string
  terms: MandateTerms
  lastPeriod: number
  presentedBy: string
  mcc: string
  /** Terms or pause were changed, here or in another app: what was due before is not recomputed. */
  changed: boolean
  since: Date | null
  /** `waits`: of two people of ours, in no other app before, and not being made. */
  debits: { period: number | null; dueOn: string; amountPaise: number; noticeH: number; waits: boolean }[]
}

function faultsOf({ terms, lastPeriod, presentedBy, mcc, changed, since, debits }: Row): string[] {
  const { minHours, exemptMccs } = mandateRulesAt(since ?? new Date()).notice
  const hours = exemptMccs.includes(mcc) ? 0 : minHours
  const short = debits.filter(({ noticeH }) => noticeH < hours - 1 / 3_600)
  const faults = short.map(({ dueOn }) => `the debit of ${dueOn} had no notice of a day`)
  const isAsMade = !changed && since !== null
  // What has ended was made under the terms of then; what waits is made under those of now.
  for (const { dueOn, amountPaise } of debits.filter(({ waits }) => waits || isAsMade)) {
    const fault = debitFault(terms, { amountPaise, date: dueOn })
    if (fault) faults.push(`the debit of ${dueOn} is against the terms: ${fault}`)
  }
  if (!isAsMade || presentedBy !== 'platform') return faults
  const planned = new Map(debits.map(({ period, dueOn }) => [period, dueOn]))
  const due = new Map<number, string>()
  let window = nextDebit(terms, istDateOf(since))
  for (; window && window.period <= lastPeriod; window = nextDebit(terms, addDays(window.to, 1)))
    due.set(window.period, window.from)
  for (const [period, day] of due)
    if (planned.get(period) !== day) faults.push(`the debit of ${day} was not planned`)
  for (const [period, day] of planned)
    if (period === null || !due.has(period)) faults.push(`the debit of ${day} was not due`)
  return faults
}
