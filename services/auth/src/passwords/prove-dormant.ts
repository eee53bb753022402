// What a dormant person proves besides their phone, which may be somebody else's by now: a code from their e-mail.
import { Problem } from '@bahi/contracts/problem.ts'
import { sendNotice } from '@bahi/contracts/notification.ts'
import { profilesOf } from '@bahi/contracts/user.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { codeContext } from '../codes/otp.ts'
import { sendCode } from '../codes/send-otp.ts'
import { expireOlderCodes, useCode } from '../codes/store.ts'
import { phoneKey, type AuthDeps } from '../deps.ts'
import { dormancyOf } from '../people/dormancy.ts'
import { refuseUsedUp } from '../tries/refuse-used-up.ts'
import { clearTries, countTry } from '../tries/store.ts'
import { askerKey, codeTries } from '../tries/tries.ts'

const purpose = 'reset-by-email'

type Asked = { phone: string; emailOtp?: string; network: string }

/**
 * Undefined when nothing more is needed: the person has signed in within the time of the rules, the device is bound to
 * them, staff found that the phone is theirs, or the code from their e-mail is right, which is used up. The caller
 * commits the counted try.
 */
export async function missingProof(
  deps: AuthDeps,
  tx: Tx,
  { phone, emailOtp }: Asked,
  person: { id: string; isBound: boolean },
): Promise<Problem | undefined> {
  const now = deps.clock.now()
  if (person.isBound) return undefined
  const { isDormant, isRestored } = await dormancyOf(tx, person.id, now)
  if (!isDormant || isRestored) return undefined
  if (emailOtp === undefined) return dormant()
  const key = phoneKey(deps, phone)
  const tries = await countTry(tx, codeTries.email, key, now)
  if (tries === undefined) return refuseUsedUp(tx, codeTries.email, key, now)
  const codeKey = deps.seal.fingerprint(emailOtp, codeContext(phone, purpose))
  if (!(await useCode(tx, { phoneKey: key, purpose, codeKey, id: undefined, onlyOf: undefined }, now)))
    return dormant(codeTries.email.max - tries)
  await clearTries(tx, codeTries.email, key)
  return undefined
}

function dormant(triesLeft?: number): Problem {
  const counted = triesLeft === undefined ? {} : { triesLeft }
  return new Problem('account-dormant', undefined, {
    stepUp: { purpose: 'reset-password', proofs: [] },
    ...counted,
  })
}

/**
 * The refusal as its asker learns it, who holds the phone: by what else it can be proven. Unless a code from the mail
 * was entered, another one is mailed; who asks again at once has the one from a moment ago. Throws `unavailable`.
 */
export async function offerProofs(
  deps: AuthDeps,
  { phone, emailOtp, network }: Asked,
  userId: string,
  refusal: Problem,
): Promise<Problem> {
  if (refusal.code !== 'account-dormant') return refusal
  const { profiles } = await deps.call(profilesOf, { body: { userIds: [userId] } })
  const email = profiles[0]?.email
  if (email === undefined) return refusal
  const language = profiles[0]!.language
  if (emailOtp === undefined)
    await sendCode(
      deps,
      {
        ...{ phone, purpose, asker: askerKey(deps, phone, { network }), boundDevice: false },
        send: (id, values) =>
          deps.call(sendNotice, { body: { id, email, language, template: 'auth.email-code', values } }),
      },
      expireOlderCodes,
    ).catch((error: unknown) => {
      if (!(error instanceof Problem) || error.code !== 'otp-too-soon') throw error
    })
  const stepUp = { purpose: 'reset-password', proofs: ['email'] }
  return new Problem(refusal.code, undefined, { ...refusal.extras, stepUp })
}
