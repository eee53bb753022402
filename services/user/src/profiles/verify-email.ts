// Verifies an e-mail address: a code is mailed to it, and once it is entered mail goes there instead.
import { randomInt } from 'node:crypto'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { sendNotice } from '@bahi/contracts/notification.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { OwnProfile } from '@bahi/contracts/user.ts'
import type { TakeOfDay } from '@bahi/kit/cache/day-quota.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { getOwnProfile } from './get-profiles.ts'
import { sealEmail, sealPendingEmail } from './profile.ts'
import { countEmailTry, isEmailCode, lockProfile, setPendingEmail, verifyPendingEmail } from './store.ts'

export type EmailDeps = Deps & { takeOfDay: TakeOfDay }

const codeLifeMs = 30 * 60_000
const maxTries = 5
/** Of one person, so that nobody fills the mailbox of somebody else. */
const codesPerDay = 6
/** To one address, whoever asks. */
const codesPerDayTo = 12

/**
 * Makes the address the pending one, and mails it a code; the one before is worth nothing then. Throws `rate-limited`,
 * and `unavailable` when the mail cannot be sent now: the person asks again.
 */
export async function sendEmailCode(deps: EmailDeps, profile: OwnProfile, email: string): Promise<void> {
  const { userId, language } = profile
  const refusal = 'too many codes were mailed in a day'
  await deps.takeOfDay(`user:email-codes:${userId}`, codesPerDay, refusal)
  const to = deps.seal.fingerprint(email, 'user.email').toString('base64url')
  await deps.takeOfDay(`user:email-codes-to:${to}`, codesPerDayTo, refusal)
  const code = String(randomInt(1_000_000)).padStart(6, '0')
  const now = deps.clock.now()
  await setPendingEmail(deps.sql, {
    ...{ userId, now, emailSealed: sealPendingEmail(deps.seal, userId, email) },
    ...{ code: keyOf(deps, userId, email, code), expiresAt: new Date(now.getTime() + codeLifeMs) },
  })
  const values = { otp: code, minutes: String(codeLifeMs / 60_000) }
  const id = uuidv7(now.getTime())
  await deps.call(sendNotice, { body: { id, email, language, template: 'user.email-code', values } })
}

/** Another code to the address that waits for one. Throws `wrong-state` when none does, and as `sendEmailCode`. */
export async function resendEmailCode(deps: EmailDeps, userId: string): Promise<OwnProfile> {
  const profile = await getOwnProfile(deps, userId)
  if (profile.emailPending === undefined) throw new Problem('wrong-state', 'no address waits for a code')
  await sendEmailCode(deps, profile, profile.emailPending)
  return getOwnProfile(deps, userId)
}

/**
 * The address so far is notified before: when that mail cannot be sent now, nothing changes. Throws `otp-wrong`, also
 * when no address waits for a code; `unavailable`.
 */
export async function confirmEmail(deps: EmailDeps, userId: string, code: string): Promise<OwnProfile> {
  const before = await getOwnProfile(deps, userId)
  const { emailPending: asked } = before
  if (asked === undefined) throw wrong('no address waits for a code')
  const key = keyOf(deps, userId, asked, code)
  const now = deps.clock.now()
  if (await isEmailCode(deps.sql, userId, key, now)) await notifyAddress(deps, before)
  const done = await deps.transaction(async (tx) => {
    const row = await lockProfile(tx, userId)
    const triesLeft = await countEmailTry(tx, userId, maxTries, now)
    if (!row || triesLeft === undefined) return wrong('ask for a new code')
    const emailSealed = sealEmail(deps.seal, userId, asked)
    if (!(await verifyPendingEmail(tx, { userId, code: key, emailSealed, now })))
      return wrong(undefined, triesLeft)
    // From here on the address gets mail.
    const data = { userId, fields: ['email'] }
    await deps.append(tx, { type: 'user.profile-changed', stream: row.userId, data })
    return undefined
  })
  if (done) throw done
  return getOwnProfile(deps, userId)
}

/** Of a change that takes mail away from it; a person without a verified address has none that could be notified. */
export async function notifyAddress(deps: Deps, { email, language }: OwnProfile): Promise<void> {
  if (email === undefined) return
  const id = uuidv7(deps.clock.now().getTime())
  await deps.call(sendNotice, { body: { id, email, language, template: 'user.email-changed' } })
}

/** Bound to person and address: it is good for no other. */
function keyOf({ seal }: Pick<Deps, 'seal'>, userId: string, email: string, code: string): Buffer {
  return seal.fingerprint(code, `user.email-code ${userId.toLowerCase()} ${email}`)
}

const wrong = (detail?: string, triesLeft?: number) =>
  new Problem('otp-wrong', detail, triesLeft === undefined ? {} : { triesLeft })
