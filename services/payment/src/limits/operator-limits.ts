// The operator's dated limits, such as those of a bank or of new payees, read from the setting.
import { Timestamp } from '@bahi/contracts/formats.ts'
import type { OperatorLimit } from '@bahi/contracts/limits.ts'
import * as Type from 'typebox'
import { Value } from 'typebox/value'

const strict = { additionalProperties: false } as const
const Most = Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }))
const Codes = Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 12 }), { minItems: 1 }))
const Rows = Type.Array(
  Type.Object(
    {
      effectiveFrom: Timestamp,
      name: Type.String({ pattern: '^[a-z][a-z0-9-]{0,39}$' }),
      banks: Codes,
      mccs: Codes,
      modes: Codes,
      purposes: Codes,
      newPayee: Type.Optional(Type.Literal(true)),
      limits: Type.Object(
        {
          ...{ perTransactionPaise: Most, perDayPaise: Most, perDayCount: Most, perIstDayPaise: Most },
          ...{ perIstDayCount: Most, perMonthPaise: Most, perMonthCount: Most },
        },
        strict,
      ),
    },
    strict,
  ),
)

/** Throws for text that is no list of such rows, oldest first. */
export function operatorLimits(json: string | undefined): OperatorLimit[] {
  if (json === undefined) return []
  let rows: unknown
  try {
    rows = JSON.parse(json)
  } catch {
    throw new Error('BAHI_LIMITS is not JSON')
  }
  if (!Value.Check(Rows, rows)) {
    const [fault] = Value.Errors(Rows, rows)
    throw new Error(`BAHI_LIMITS${fault?.instancePath ?? ''}: ${fault?.message ?? 'is no list of limits'}`)
  }
  const times = rows.map(({ effectiveFrom }) => Date.parse(effectiveFrom))
  if (times.some((time, i) => !(time >= (times[i - 1] ?? 0))))
    throw new Error('BAHI_LIMITS: the rows must be ordered by effectiveFrom, oldest first')
  return rows as OperatorLimit[]
}
