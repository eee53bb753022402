// The timeline of each payment that a fault names: its events, its transaction in the switch, its legs and transfers.
import type { Sql } from '@bahi/kit/sql/sql.ts'

const maxTimelines = 3

export async function timelinesOf(admin: Sql, faults: string[]): Promise<string[]> {
  const named = faults.flatMap(
    (fault) => fault.match(/[0-9a-f]{8}-?[0-9a-f]{4}-?7[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}/g) ?? [],
  )
  const ids = [...new Set(named.map((id) => id.replaceAll('-', '')))].slice(0, maxTimelines)
  const rows = await admin<{ what: string }[]>`
    with wanted as (select unnest(${ids}::text[]) as id)
    select what from (
      select a.id, e.at, format('%s %s %s', e.type, e.at, e.data ->> 'code') as what
      from wanted a join payment.events e on e.stream = a.id::uuid::text
      union all
      select a.id, t.taken_at, format('switch: %s %s %s, %s', t.phase, t.result, t.err_code, t.content -> 'effects')
      from wanted a join sandbox.transactions t on right(t.txn_id, 32) = a.id
      union all
      select a.id, t.taken_at, format('switch: %s', s.step)
      from wanted a join sandbox.transactions t on right(t.txn_id, 32) = a.id, jsonb_array_elements(t.steps) s (step)
      union all
      select a.id, l.posted_at, format('our bank: %s %s %s', l.leg, l.code, l.posted_at)
      from wanted a join account.network_legs l on right(l.txn_id, 32) = a.id
      union all
      select a.id, b.at, format('their bank: %s %s %s', b.leg, b.amount_paise, b.at)
      from wanted a join sandbox.bank_entries b on right(b.txn_id, 32) = a.id
      union all
      select a.id, t.posted_at, format('ledger: %s %s %s, hold %s', t.kind, t.code, t.posted_at, h.outcome)
      from wanted a join account.transfers t on t.id = a.id::uuid or t.pending_id = a.id::uuid
      left join account.holds h on h.id = t.id
    ) line order by id, at`
  return rows.map(({ what }) => what)
}
