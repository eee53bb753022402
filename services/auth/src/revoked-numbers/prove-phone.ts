// A person whose number was reported as disconnected sees so, and proves that it is theirs still.
import type { Input, Output } from '@bahi/contracts/call.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Person } from '@bahi/contracts/principal.ts'
import { istTime } from '@bahi/contracts/recurrence.ts'
import type {
  provePhone as contract,
  sendPhoneCode as sendContract,
  showPhone as showContract,
} from '@bahi/contracts/revoked-numbers.ts'
import { schedule } from '@bahi/kit/due-work/due-work.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { sendOtp } from '../codes/send-otp.ts'
import { verifyOtp } from '../codes/verify-otp.ts'
import type { AuthDeps } from '../deps.ts'
import { phoneOf } from '../people/find-people.ts'
import { phoneFollows } from '../people/release-phone.ts'
import { lockPerson } from '../people/store.ts'
import { keyOfSession } from '../sessions/store.ts'
import { boundSince, endRevocation, revokedOnOf } from './store.ts'
import { dayAfter } from './take-list.ts'

type Asking = Pick<Person, 'userId' | 'sessionId'>

/** Throws `not-found`. */
export async function showPhone(deps: AuthDeps, asking: Asking): Promise<Output<typeof showContract>> {
  const phone = await phoneOf(deps, asking.userId)
  const revokedOn = await revokedOnOf(deps.sql, asking.userId)
  if (revokedOn === null) return { phone }
  const boundAt = await boundSince(deps.sql, asking, deps.clock.now())
  return {
    ...{ phone, revokedOn, provableFrom: dayAfter(revokedOn).toISOString() },
    deviceProves: boundAt !== undefined && boundAt < istTime(revokedOn),
  }
}

/** Throws `wrong-state` where nothing is to be proven, `otp-too-soon`, `unavailable`, `not-found`. */
export async function sendPhoneCode(
  deps: AuthDeps,
  asking: Asking & { network: string },
  language: 'en' | 'hi' | undefined,
): Promise<Output<typeof sendContract>> {
  const phone = await phoneOf(deps, asking.userId)
  if ((await revokedOnOf(deps.sql, asking.userId)) === null)
    throw new Problem('wrong-state', 'the number is not on any list')
  const deviceKey = await keyOfSession(deps.sql, asking, deps.clock.now())
  const asked = { phone, purpose: 'prove-phone' as const, deviceKey, network: asking.network }
  return sendOtp(deps, { ...asked, ...(language ? { language } : {}) })
}

/**
 * By a code that came after the day on which the number was disconnected, on a device that was bound before: whoever
 * got the number may have bound theirs by it. Throws `wrong-state` where nothing is to be proven, it is too early, or
 * the device proves nothing; `otp-wrong`, `not-found`.
 */
export async function provePhone(
  deps: AuthDeps,
  asking: Asking,
  { otp, otpId }: Input<typeof contract>['body'],
): Promise<void> {
  const { userId } = asking
  const phone = await phoneOf(deps, userId)
  const now = deps.clock.now()
  const refusal = await deps.transaction(async (tx) => {
    const code = { phone, purpose: 'prove-phone', otp, otpId, asker: { userId }, proven: true } as const
    const refused = await verifyOtp(deps, tx, code)
    if (refused) return refused
    // A list that is taken just now, or another number, is before or waits.
    await lockPerson(tx, userId)
    if ((await phoneOf({ seal: deps.seal, sql: tx }, userId)) !== phone)
      return new Problem('wrong-state', 'the number is another one by now')
    const revokedOn = await revokedOnOf(tx, userId)
    if (revokedOn === null) return new Problem('wrong-state', 'the number is not on any list')
    if (now < dayAfter(revokedOn)) return new Problem('wrong-state', 'it can be proven from the next day on')
    const boundAt = await boundSince(tx, asking, now)
    if (boundAt === undefined || boundAt >= istTime(revokedOn))
      return new Problem('wrong-state', 'this device was bound when the number may have been somebody else’s')

    // From here on the phone proves them again, and older lists say nothing of it.
    await regainPhone(deps, tx, userId, now)
    return undefined
  })
  if (refusal) throw refusal
  deps.countRevocation('proven')
}

/** The caller holds the person's lock. */
export async function regainPhone(
  deps: Pick<AuthDeps, 'append'>,
  tx: Tx,
  userId: string,
  now: Date,
): Promise<void> {
  await endRevocation(tx, userId, now)
  await schedule(tx, [{ kind: phoneFollows, key: userId, dueAt: now, payload: { quiet: true } }], {
    existing: 'reschedule',
  })
  await deps.append(tx, { type: 'auth.phone-proven', stream: userId, data: { userId } })
}
