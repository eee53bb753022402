// Debits of mandates, given and presented through the API; then they fall due when the bench wants it, and due work
// makes them. Only the item of due work is moved: notice and terms stay as they were agreed to.
import { uuidv7 } from '@bahi/contracts/id.ts'
import { nextSlot, mandateRulesAt, type MandateTerms } from '@bahi/contracts/mandate-rules.ts'
import type { MandateView } from '@bahi/contracts/mandates.ts'
import { addDays, istDateOf } from '@bahi/contracts/recurrence.ts'
import type { Sql } from '@bahi/kit/sql/sql.ts'
import type { Client } from './http-client.ts'
import { codeIn, type Sample } from './load.ts'
import { pin, type Payer } from './payers.ts'
import type { SealPin } from './pin-blocks.ts'

type Presenting = { client: Client; people: Payer[]; tokens: string[]; seal: SealPin; senders: number }

/** As many as a payee may announce of one mandate in a day; a payer has so many mandates. */
const [debitsOfOne, mandatesOfOne] = [5, 4]
/** Payers that `count` debits need, so that nobody is over the limits of a day. */
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

/** Each person pays and is paid as often, and in each round by another one. Throws when the API refuses. */
export async function presentDebits({ senders, ...deps }: Presenting, count: number): Promise<void> {
  const { people } = deps
  let next = 0
  let left = count
  const one = async () => {
    while (left > 0) {
      const debits = Math.min(debitsOfOne, left)
      left -= debits
      const [round, nth] = [Math.floor(next / people.length), next % people.length]
      next += 1
      await presentMandate(deps, { payer: nth, payee: (nth + 1 + round) % people.length, debits })
    }
  }
  await Promise.all(Array.from({ length: senders }, one))
}

async function presentMandate(
  { client, people, tokens, seal }: Omit<Presenting, 'senders'>,
  { payer, payee, debits }: { payer: number; payee: number; debits: number },
): Promise<void> {
  const mandateId = uuidv7()
  const [payerVpa, payeeVpa] = [people[payer]!.vpa, people[payee]!.vpa]
  const today = istDateOf(new Date())
  const terms: MandateTerms = {
    ...{ amountRule: 'MAX', amountPaise: 500_00, recurrence: 'ASPRESENTED', validFrom: today },
    ...{ validTo: addDays(today, 365), revocable: true, blockFunds: false },
  }
  const { amountPaise } = terms
  const given = await send(client, {
    ...{ method: 'PUT', path: `/v1/mandates/${mandateId}`, token: tokens[payer]! },
    body: {
      ...{ payerVpa, payeeVpa, name: 'Bench', terms },
      pin: seal({ pin, purpose: 'mandate', mandateId, amountPaise, payeeVpa }),
    },
  })
  const { umn, status } = given as MandateView
  if (status !== 'active') throw new Error(`a mandate is ${status}`)
  for (let sequence = 1; sequence <= debits; sequence++)
    await send(client, {
      ...{ method: 'POST', path: `/v1/mandates/${umn}/executions`, token: tokens[payee]! },
      body: { sequence, amountPaise: 100 + sequence, dueOn: addDays(today, 2) },
    })
}

async function send(
  client: Client,
  { body, ...request }: { method: string; path: string; token: string; body: object },
): Promise<unknown> {
  const answer = await client.send({ ...request, body: JSON.stringify(body) })
  if (answer.status !== 200) throw new Error(`${request.method} ${request.path}: ${codeIn(answer)}`)
  return JSON.parse(answer.body.toString())
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
