// The operator's dated rows that permit requests between customers of this platform, read from the setting.
import { AmountPaise, Timestamp } from '@bahi/contracts/formats.ts'
import type { ClosedLoopRow } from '@bahi/contracts/request-rules.ts'
import * as Type from 'typebox'
import { Value } from 'typebox/value'

const strict = { additionalProperties: false } as const
const Rows = Type.Array(
  Type.Object(
    {
      effectiveFrom: Timestamp,
      persons: Type.Object({ maxPaise: AmountPaise, perDay: Type.Integer({ minimum: 1 }) }, strict),
      acrossBanks: Type.Optional(Type.Boolean()),
    },
    strict,
  ),
)

/** What people try out in the sandbox. */
const sandboxRows: ClosedLoopRow[] = [
  {
    effectiveFrom: '2025-06-30T00:00:00+05:30',
    persons: { maxPaise: 2_000_00, perDay: 50 },
    acrossBanks: true,
  },
]

/** Throws for text that is no list of such rows, oldest first. */
export function closedLoopRows(json: string | undefined, mode: 'sandbox' | 'production'): ClosedLoopRow[] {
  if (json === undefined) return mode === 'sandbox' ? sandboxRows : []
  let rows: unknown
  try {
    rows = JSON.parse(json)
  } catch {
    throw new Error('BAHI_CLOSED_LOOP_REQUESTS is not JSON')
  }
  if (!Value.Check(Rows, rows))
    throw new Error(
      'BAHI_CLOSED_LOOP_REQUESTS is no list of {"effectiveFrom": time, "persons": {"maxPaise", "perDay"}}',
    )
  if (mode === 'production' && rows.some(({ acrossBanks }) => acrossBanks))
    throw new Error(
      'BAHI_CLOSED_LOOP_REQUESTS: what the network forbids is opened in a sandbox alone (acrossBanks)',
    )
  const times = rows.map(({ effectiveFrom }) => Date.parse(effectiveFrom))
  if (times.some((time, i) => !(time >= (times[i - 1] ?? 0))))
    throw new Error('BAHI_CLOSED_LOOP_REQUESTS: the rows must be ordered by effectiveFrom, oldest first')
  return rows
}
