// How often somebody may try: the kinds of tries, whom each counts, and what it costs to exceed them.
import type { AuthDeps } from '../deps.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** At most `max` tries in a window, which begins with the first one and again with the last one that is allowed. */
export type TryRule = { kind: string; max: number; windowMs: number }

/**
 * Passwords. A device that is bound to the person counts by itself, so strangers cannot lock it. All other devices
 * count by network and phone; and per phone together: beyond that many, a password is looked at only together with a
 * correct one-time code.
 */
export const passwordTries = {
  device: { kind: 'password-device', max: 10, windowMs: 30 * minuteMs },
  network: { kind: 'password-network', max: 10, windowMs: 30 * minuteMs },
  phone: { kind: 'password-phone', max: 100, windowMs: dayMs },
} as const satisfies Record<string, TryRule>

/**
 * Wrong codes of a second factor. `device`: one that has proven one before. `session`: of any other device. `person`:
 * all of those together; with three codes good at a time, guessing so often for a year succeeds once in twenty.
 */
export const secondFactorTries = {
  device: { kind: 'factor-device', max: 10, windowMs: 30 * minuteMs },
  session: { kind: 'factor-session', max: 5, windowMs: 30 * minuteMs },
  person: { kind: 'factor-person', max: 50, windowMs: dayMs },
} as const satisfies Record<string, TryRule>

/** Wrong passwords in one session, for a change that needs a proof. */
export const stepUpTries: TryRule = { kind: 'step-up', max: 5, windowMs: 30 * minuteMs }

/**
 * Wrong one-time codes. `asker`: one network, person or named code at one phone; a new code gives its asker new ones.
 * `proven`: all who knew the password or have a session. `registering`: all others; beyond that many, a code is good
 * only for the network that asked for it. `email`: from the mail, by whoever has the phone of a dormant person or a
 * revoked phone now; `provenEmail`: by who knew the password, so that the phone's holder cannot use those up. Guessing
 * so often for a year succeeds once in five hundred.
 */
export const codeTries = {
  asker: { kind: 'code-asker', max: 5, windowMs: hourMs },
  proven: { kind: 'code-proven', max: 20, windowMs: dayMs },
  registering: { kind: 'code-registering', max: 50, windowMs: dayMs },
  email: { kind: 'code-email', max: 5, windowMs: dayMs },
  provenEmail: { kind: 'code-email-proven', max: 5, windowMs: dayMs },
} as const satisfies Record<string, TryRule>

/** Payments that a registered app asks for: of everybody, and of one UPI ID or phone, whether anybody has it or not. */
export const askTries = {
  client: { kind: 'ask-client', max: 1_000, windowMs: dayMs },
  hint: { kind: 'ask-hint', max: 10, windowMs: dayMs },
} as const satisfies Record<string, TryRule>

/** A keyed fingerprint of who tries at which phone, so that a copy of the database reveals neither. */
export function askerKey(deps: Pick<AuthDeps, 'seal'>, phone: string, asker: Asker): Buffer {
  const [[kind, name]] = Object.entries(asker) as [[string, string]]
  return deps.seal.fingerprint(`${phone} ${kind} ${name}`, 'auth.asker')
}

/** A bound device, a network, a person with a session, or who knows the id of the code that they asked for. */
export type Asker =
  { network: string } | { deviceId: string } | { deviceKey: string } | { userId: string } | { otpId: string }

/** Where a request without a session comes from: its network, and the key that its device proved, if it did. */
export type Origin = { network: string; deviceKey: string | undefined }

/** As the gateway says. Calls that come another way, such as in tests, are one network. */
export function originOf(request: {
  clientNetwork: string | undefined
  deviceKey: string | undefined
}): Origin {
  return { network: request.clientNetwork ?? 'unknown', deviceKey: request.deviceKey }
}
