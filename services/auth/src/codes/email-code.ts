// A code from the person's e-mail, where one to their phone proves too little: it may be somebody else's by now.
import type { Input } from '@bahi/contracts/call.ts'
import { sendNotice } from '@bahi/contracts/notification.ts'
import { Problem, type ProblemCode } from '@bahi/contracts/problem.ts'
import { profilesOf } from '@bahi/contracts/user.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { phoneKey, type AuthDeps } from '../deps.ts'
import { refuseUsedUp } from '../tries/refuse-used-up.ts'
import { clearTries, countTry } from '../tries/store.ts'
import { askerKey, codeTries, type TryRule } from '../tries/tries.ts'
import { codeContext, type MailedPurpose } from './otp.ts'
import { sendCode } from './send-otp.ts'
import { expireOlderCodes, hasGoodCode, useCode } from './store.ts'

type Asked = { phone: string; emailOtp?: string; network: string }
/** What the code is for, how often it may be tried, and how the asker is refused without one. */
type EmailProof = {
  purpose: MailedPurpose
  template: Input<typeof sendNotice>['body']['template']
  tries: TryRule
  stepUpPurpose: string
  code: ProblemCode
}

export const emailProofs = {
  reset: {
    ...{ purpose: 'reset-by-email', template: 'auth.email-code', tries: codeTries.email },
    ...{ stepUpPurpose: 'reset-password', code: 'account-dormant' },
  },
  signIn: {
    ...{ purpose: 'sign-in-by-email', template: 'auth.email-sign-in-code', tries: codeTries.provenEmail },
    ...{ stepUpPurpose: 'sign-in', code: 'phone-revoked' },
  },
} as const satisfies Record<string, EmailProof>

/** Undefined when the code is right, which is used up. The caller commits the counted try. */
export async function missingEmailCode(
  deps: AuthDeps,
  tx: Tx,
  { phone, emailOtp }: Asked,
  { purpose, tries: rule, stepUpPurpose, code }: EmailProof,
): Promise<Problem | undefined> {
  const refused = (counted: { triesLeft?: number }) =>
    new Problem(code, undefined, { stepUp: { purpose: stepUpPurpose, proofs: [] }, ...counted })
  if (emailOtp === undefined) return refused({})
  const now = deps.clock.now()
  const key = phoneKey(deps, phone)
  const tries = await countTry(tx, rule, key, now)
  if (tries === undefined) return refuseUsedUp(tx, rule, key, now)
  const codeKey = deps.seal.fingerprint(emailOtp, codeContext(phone, purpose))
  if (!(await useCode(tx, { phoneKey: key, purpose, codeKey, id: undefined, onlyOf: undefined }, now)))
    return refused({ triesLeft: rule.max - tries })
  await clearTries(tx, rule, key)
  return undefined
}

/**
 * The refusal as its asker learns it, who has proven all but this: by what else they can. Unless a code from the mail
 * was entered, another one is mailed; who asks again at once has the one from a moment ago. Throws `otp-too-soon` when
 * none is mailed and none is good any more, `unavailable`.
 */
export async function offerEmailCode(
  deps: AuthDeps,
  { phone, emailOtp, network }: Asked,
  userId: string,
  refusal: Problem,
  { purpose, template, stepUpPurpose, code }: EmailProof,
): Promise<Problem> {
  if (refusal.code !== code) return refusal
  const { profiles } = await deps.call(profilesOf, { body: { userIds: [userId] } })
  const email = profiles[0]?.email
  if (email === undefined) return refusal
  const language = profiles[0]!.language
  if (emailOtp === undefined)
    await sendCode(
      deps,
      {
        ...{ phone, purpose, asker: askerKey(deps, phone, { network }), boundDevice: false },
        send: (id, values) => deps.call(sendNotice, { body: { id, email, language, template, values } }),
      },
      expireOlderCodes,
    ).catch(async (error: unknown) => {
      if (!(error instanceof Problem) || error.code !== 'otp-too-soon') throw error
      if (!(await hasGoodCode(deps.sql, phoneKey(deps, phone), purpose, deps.clock.now()))) throw error
    })
  return new Problem(code, undefined, {
    ...refusal.extras,
    stepUp: { purpose: stepUpPurpose, proofs: ['email'] },
  })
}
