// Debits of mandates: the rows and events that giving mandates and presenting their debits through the API would write,
// inserted in bulk; then they fall due when the bench wants it, and due work makes them. Only the item of due work is
// moved: notice and terms stay as they were agreed to.
import { createHash } from 'node:crypto'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { mandateRulesAt, nextSlot, type MandateTerms } from '@bahi/contracts/mandate-rules.ts'
import { addDays, istDateOf } from '@bahi/contracts/recurrence.ts'
import { schedule } from '@bahi/kit/due-work/due-work.ts'
import { appendEvents, type NewEvent } from '@bahi/kit/events/events.ts'
import { rowsIn, type Sql, type Tx } from '@bahi/kit/sql/sql.ts'
import {
  debitFactsOf,
  factsOf,
  umnOfMandate,
  type Debit,
  type Mandate,
} from '@bahi/payment/mandates/mandate.ts'
import { plannedOf, type DebitWork } from '@bahi/payment/mandates/plan-debits.ts'
import { debitKind, endWork } from '@bahi/payment/mandates/work.ts'
import type { Sample } from './load.ts'

/** Few of one payer: copies of the payment path wait for each other where the same people pay in both. */
const [debitsOfOne, mandatesOfOne] = [2, 2]
/** Mandates that are written in one transaction. */
const chunk = 800
/** Payers that `count` debits need. */
export const payersFor = (count: number): number => Math.ceil(count / (debitsOfOne * mandatesOfOne))

/** Throws when the next `seconds` reach into hours in which the rules let no debit be made. */
export function checkSlot(seconds: number, now = new Date()): void {
  for (let s = 0; s < seconds + 60; s += 60) {
    const at = new Date(now.getTime() + Math.min(s, seconds) * 1_000)
    const slot = nextSlot(mandateRulesAt(at), at)
    if (slot > at)
      throw new Error(`debits of mandates are not made in peak hours: start after ${slot.toISOString()}`)
  }
}

type Person = Required<Mandate['payer']>
type Given = { mandate: Mandate; debits: Debit[] }

/**
 * Of everybody who has an account, named as their UPI ID; each pays and is paid as often, and in each round by another
 * one. The events are left to the relay.
 */
export async function writeDebits(sql: Sql, count: number): Promise<void> {
  const people = await sql<Person[]>`
    select l.user_id, l.id as account_id, v.vpa, initcap(split_part(v.vpa, '@', 1)) as name, l.bank, l.masked_number
    from account.linked_accounts l join account.vpas v on v.account_id = l.id and v.is_primary
    where l.unlinked_at is null order by l.id`
  const now = new Date()
  for (let from = 0; from < count; from += chunk * debitsOfOne) {
    const debits = Math.min(chunk * debitsOfOne, count - from)
    const given = Array.from({ length: Math.ceil(debits / debitsOfOne) }, (_, i) => {
      const nth = from / debitsOfOne + i
      const [round, payer] = [Math.floor(nth / people.length), nth % people.length]
      const payee = (payer + 1 + round) % people.length
      return mandateOf(people[payer]!, people[payee]!, Math.min(debitsOfOne, debits - i * debitsOfOne), now)
    })
    await sql.begin(async (tx) => {
      await tx`set local statement_timeout = 0`
      await atTheBank(tx, given, now)
      await atPayment(tx, given, now)
    })
  }
  await sql.unsafe(`analyze ${filled.join(', ')}`)
}

const filled = [
  ...['payment.due_work', 'payment.mandates', 'payment.mandate_operations', 'payment.mandate_debits'],
  ...['account.mandates', 'account.mandate_operations'],
]

/** Given by the payer, and all of its debits announced; as the services hold it then. */
function mandateOf(payer: Person, payee: Person, count: number, now: Date): Given {
  const today = istDateOf(now)
  const terms: MandateTerms = {
    ...{ amountRule: 'MAX', amountPaise: 500_00, recurrence: 'ASPRESENTED', validFrom: today },
    ...{ validTo: addDays(today, 365), revocable: true, blockFunds: false },
  }
  const mandate: Mandate = {
    ...{ id: uuidv7(now.getTime()), version: 1 + count, payer, payee, mcc: '0000', name: 'Bench', terms },
    ...{ presentedBy: 'payee', status: 'active', operations: 1, createdAt: now },
    ...{ lastSequence: count, lastPeriod: -1 },
  }
  const dueOn = addDays(today, 2)
  const debits = Array.from({ length: count }, (_, i) =>
    plannedOf(mandate, { id: uuidv7(now.getTime()), sequence: i + 1, amountPaise: 101 + i, dueOn }, now),
  )
  return { mandate, debits }
}

const creationOf = ({ id, payer, payee, terms }: Mandate) => ({
  ...{ type: 'create', mandateId: id, userId: payer.userId, payeeVpa: payee.vpa, terms },
})

async function atTheBank(tx: Tx, given: Given[], now: Date): Promise<void> {
  const rows = given.map(({ mandate }) => ({
    ...{ umn: umnOfMandate(mandate), id: mandate.id, user_id: mandate.payer.userId },
    ...{ account_id: mandate.payer.accountId, payee_vpa: mandate.payee.vpa, ...mandate.terms },
  }))
  await tx`
    with given as (
      select g.umn, g.id, g.user_id, g.account_id, g.payee_vpa, g."amountRule", g."amountPaise", g."validFrom",
        g."validTo"
      from json_to_recordset(${rowsIn(tx, rows)}) as g (umn text, id uuid, user_id uuid, account_id uuid,
        payee_vpa text, "amountRule" text, "amountPaise" bigint, "validFrom" date, "validTo" date)
    ), mandates as (
      insert into account.mandates (umn, mandate_id, user_id, account_id, bank_account_id, payee_vpa, amount_rule,
        amount_paise, valid_from, valid_to, one_time)
      select g.umn, g.id, g.user_id, g.account_id, l.bank_account_id, g.payee_vpa, g."amountRule", g."amountPaise",
        g."validFrom", g."validTo", false
      from given g join account.linked_accounts l on l.id = g.account_id
    )
    insert into account.mandate_operations (umn, nth, type, code, decided_at)
    select umn, 1, 'create', '00', ${now} from given`
}

async function atPayment(tx: Tx, given: Given[], now: Date): Promise<void> {
  const mandates = given.map(({ mandate: { payer, payee, ...m } }) => ({
    ...{
      id: m.id,
      version: m.version,
      mcc: m.mcc,
      name: m.name,
      terms: m.terms,
      last_sequence: m.lastSequence,
    },
    ...{ payer_user_id: payer.userId, payer_account_id: payer.accountId, payer_vpa: payer.vpa },
    ...{ payer_name: payer.name, payer_bank: payer.bank, payer_masked: payer.maskedNumber },
    ...{ payee_user_id: payee.userId, payee_account_id: payee.accountId, payee_vpa: payee.vpa },
    ...{ payee_name: payee.name, payee_bank: payee.bank, payee_masked: payee.maskedNumber },
    ...{ operation: creationOf({ payer, payee, ...m }) },
    input_hash: createHash('sha256').update(m.id).digest('hex'),
  }))
  const debits = given.flatMap((one) => one.debits)
  await tx`set local search_path = payment`
  await tx`
    with given as (
      select id, version, mcc, name, terms, last_sequence, payer_user_id, payer_account_id, payer_vpa, payer_name,
        payer_bank, payer_masked, payee_user_id, payee_account_id, payee_vpa, payee_name, payee_bank, payee_masked,
        operation, input_hash
      from json_to_recordset(${rowsIn(tx, mandates)}) as g (id uuid, version int, mcc text, name text,
        terms jsonb, last_sequence int, payer_user_id uuid, payer_account_id uuid, payer_vpa text, payer_name text,
        payer_bank text, payer_masked text, payee_user_id uuid, payee_account_id uuid, payee_vpa text, payee_name text,
        payee_bank text, payee_masked text, operation jsonb, input_hash text)
    ), mandates as (
      insert into mandates (id, version, payer_user_id, payer_account_id, payer_vpa, payer_name, payer_bank,
        payer_masked, payee_user_id, payee_account_id, payee_vpa, payee_name, payee_bank, payee_masked, mcc, name,
        terms, presented_by, status, created_at, operations, last_sequence, input_hash)
      select id, version, payer_user_id, payer_account_id, payer_vpa, payer_name, payer_bank, payer_masked,
        payee_user_id, payee_account_id, payee_vpa, payee_name, payee_bank, payee_masked, mcc, name, terms, 'payee',
        'active', ${now}, 1, last_sequence, decode(input_hash, 'hex')
      from given
    )
    insert into mandate_operations (mandate_id, nth, type, operation, made_at, decided_at, code)
    select id, 1, 'create', operation, ${now}, ${now}, '00' from given`
  await tx`
    insert into mandate_debits (id, mandate_id, sequence, amount_paise, due_on, announced_at, execute_at, status)
    select d.id, d."mandateId", d.sequence, d."amountPaise", d."dueOn", d."announcedAt", d."executeAt", d.status
    from json_to_recordset(${rowsIn(tx, debits)}) as d (id uuid, "mandateId" uuid, sequence int, "amountPaise" bigint,
      "dueOn" date, "announcedAt" timestamptz, "executeAt" timestamptz, status text)`
  await schedule(tx, given.flatMap(worksOf))
  await appendEvents(tx, now, given.flatMap(eventsOf))
}

function worksOf({ mandate, debits }: Given) {
  const works = debits.map((debit) => {
    const payload: DebitWork = { mandateId: mandate.id, debitId: debit.id, attempt: 1 }
    return { kind: debitKind, key: `${debit.id} 1`, dueAt: debit.executeAt, payload }
  })
  return [endWork(mandate), ...works]
}

function eventsOf({ mandate, debits }: Given): NewEvent[] {
  const data = { ...factsOf(mandate), terms: mandate.terms }
  return [
    { type: 'payment.mandate-authorised', stream: mandate.id, version: 1, data },
    ...debits.map((debit, i): NewEvent => {
      const about = { executeAt: debit.executeAt.toISOString(), needsApproval: false }
      const announced = { ...debitFactsOf(mandate, debit), ...about }
      return { type: 'payment.mandate-debit-announced', stream: mandate.id, version: i + 2, data: announced }
    }),
  ]
}

/** Lets debits that are announced fall due, `count` of them, evenly and at random within `withinS` from now on. */
export async function letFallDue(sql: Sql, count: number, withinS: number): Promise<void> {
  await sql`drop table if exists bench_due`
  await sql`create unlogged table bench_due (debit_id uuid primary key, due_at timestamptz not null)`
  await sql`
    insert into bench_due
    select (payload ->> 'debitId')::uuid, now() + random() * make_interval(secs => ${withinS}::float8)
    from payment.due_work where kind = 'mandate-debit' limit ${count}`
  await sql`
    update payment.due_work w set due_at = b.due_at
    from bench_due b where w.kind = 'mandate-debit' and (w.payload ->> 'debitId')::uuid = b.debit_id`
}

/** How many of those that fell due are not made yet. */
export async function countBacklog(sql: Sql): Promise<number> {
  const [row] = await sql<{ n: number }[]>`
    select count(*)::int as n from bench_due b join payment.mandate_debits d on d.id = b.debit_id
    where b.due_at <= now() and d.completed_at is null`
  return row!.n
}

/** Whether any is not made yet. Counts, which costs as much as there are, only when none is to be made any more. */
export async function hasBacklog(sql: Sql): Promise<boolean> {
  const [row] = await sql<{ isDue: boolean }[]>`
    select exists (select from payment.due_work
      where kind = 'mandate-debit' and gave_up_at is null and due_at <= now()) as is_due`
  return row!.isDue || (await countBacklog(sql)) > 0
}

/** What became of each, by the clock of `performance.now()`. */
export async function madeDebits(sql: Sql): Promise<Sample[]> {
  const sinceMs = Date.now() - performance.now()
  const rows = await sql<{ dueMs: number; endMs: number | null; outcome: string }[]>`
    select extract(epoch from b.due_at)::float8 * 1000 as due_ms,
      extract(epoch from d.completed_at)::float8 * 1000 as end_ms,
      case when d.status = 'paid' then 'settled' else coalesce('failed ' || d.code, d.status) end as outcome
    from bench_due b join payment.mandate_debits d on d.id = b.debit_id`
  return rows.map(({ dueMs, endMs, outcome }) => {
    const due = dueMs - sinceMs
    return { kind: 'pay', dueMs: due, sentMs: due, endMs: (endMs ?? Date.now()) - sinceMs, outcome }
  })
}
