// What payment answers about a person's own controls: limits they set themselves, hours, and stopping all payments.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import { StepUp } from './step-up.ts'
import type { Contract } from './contract.ts'
import { maxAmountPaise, Timestamp, Uuid, Vpa } from './formats.ts'
import { rulesAt } from './rules.ts'

const strict = { additionalProperties: false } as const
const Paise = Type.Integer({ minimum: 0, maximum: maxAmountPaise })
export const maxLimitedPayees = 50

export const PayeeLimits = Type.Object(
  { vpa: Vpa, perDayPaise: Type.Optional(Paise), perMonthPaise: Type.Optional(Paise) },
  strict,
)

/** A field left out limits nothing. Days and months are those of India. They only lower what everybody may pay. */
export const Controls = Type.Object(
  {
    perTransactionPaise: Type.Optional(Paise),
    perDayPaise: Type.Optional(Paise),
    perDayCount: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000 })),
    perMonthPaise: Type.Optional(Paise),
    payees: Type.Optional(Type.Array(PayeeLimits, { maxItems: maxLimitedPayees })),
    hours: Type.Optional(
      Type.Array(Type.Integer({ minimum: 0, maximum: 23 }), {
        maxItems: 24,
        uniqueItems: true,
        description: 'Hours of the day in India in which payments may be made: 9 is from 09:00 until 10:00.',
        examples: [[7, 8, 9, 10, 11, 12]],
      }),
    ),
    personsOff: Type.Optional(Type.Boolean({ description: 'True: pay merchants only, no persons.' })),
    stopped: Type.Optional(Type.Boolean({ description: 'True: pay nobody at all.' })),
  },
  strict,
)
export type Controls = Static<typeof Controls>

/** Controls that begin to count then; they count until the next ones do. */
export const DatedControls = Type.Object({ from: Timestamp, controls: Controls })

export const ControlsView = Type.Object({
  /** Counts changes: 0 before the first one. */
  version: Type.Integer({ minimum: 0 }),
  /** What counts now. */
  controls: Controls,
  /** What was loosened and counts later, in order of time. */
  later: Type.Array(DatedControls),
  /** How long a change that loosens waits. */
  loosensAfterHours: Type.Integer(),
})
export type ControlsView = Static<typeof ControlsView>

export const showControls = {
  service: 'payment',
  method: 'GET',
  url: '/v1/controls',
  access: { permission: 'controls:read' },
  summary: 'My own limits and controls: what counts now, and what begins to count later',
  schema: { response: { 200: ControlsView } },
} as const satisfies Contract

export const changeControls = {
  service: 'payment',
  method: 'PUT',
  url: '/v1/controls',
  access: { permission: 'controls:write', stepUp: { for: 'loosen-limits', demand: 'when-asked' } },
  summary: 'Replace my controls: what tightens counts at once; what loosens needs a proof and counts later',
  schema: {
    body: Type.Object(
      {
        version: Type.Integer({
          minimum: 0,
          maximum: Number.MAX_SAFE_INTEGER,
          description: 'That of the controls which are replaced.',
        }),
        controls: Controls,
        stepUp: Type.Optional(StepUp),
      },
      strict,
    ),
    response: { 200: ControlsView },
  },
  problems: ['wrong-state', 'rate-limited'],
} as const satisfies Contract

export const stopPayments = {
  service: 'payment',
  method: 'POST',
  url: '/v1/controls/stop',
  access: { permission: 'controls:write' },
  summary: 'Stop all payments from my accounts at once; resuming is a change of the controls that loosens',
  schema: { response: { 200: ControlsView } },
} as const satisfies Contract

/** For auth, which has verified who it is: from the sign-in screen, without a session. */
export const stopPaymentsOf = {
  service: 'payment',
  method: 'POST',
  url: '/internal/payment/stops',
  access: { services: ['auth'] },
  summary: 'Stop all payments of a person',
  schema: {
    body: Type.Object({ userId: Uuid }, strict),
    response: { 200: Type.Object({ userId: Uuid }) },
  },
} as const satisfies Contract

export type ControlRules = {
  effectiveFrom: string
  /** How long a change that loosens waits, so that whoever got hold of a phone cannot use it at once. */
  loosensAfterHours: number
  /** Each change is an SMS to the person. Stopping is always possible. */
  changesPerDay: number
}

/** Newest last; a change is a new row with its date. As long as the cooling period of a new device. */
export const controlRules: readonly ControlRules[] = [
  { effectiveFrom: '2025-06-30T00:00:00+05:30', loosensAfterHours: 24, changesPerDay: 20 },
]

export const controlRulesAt = (at: Date): ControlRules => rulesAt(controlRules, at)
