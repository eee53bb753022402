// Signs a person in: password first, then the device; one that is not bound needs a one-time code as well.
import type { login as contract, Tokens } from '@bahi/contracts/auth.ts'
import type { Input } from '@bahi/contracts/call.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { phoneKey, type AuthDeps } from '../deps.ts'
import { emailProofs, missingEmailCode, offerEmailCode } from '../codes/email-code.ts'
import { reviveCodes } from '../codes/store.ts'
import { verifyOtp } from '../codes/verify-otp.ts'
import { credentialsOf, holdCredentials, type Credentials } from '../people/store.ts'
import { markProven } from '../revoked-numbers/store.ts'
import { requireDeviceKey } from '../sessions/device-key.ts'
import type { Origin } from '../tries/tries.ts'
import { refuseShortOfStaff } from '../passwords/refuse-weak.ts'
import { startSession, tokensFor } from '../sessions/start-session.ts'
import { tryPassword } from './password-attempt.ts'

type Attempt = Input<typeof contract>['body'] & Origin

/**
 * An unregistered phone is answered like a wrong password: same problem, same time, same limits. While strangers try
 * many passwords for a phone, a device that is not bound needs the code as well for its password to be looked at, and
 * is not told which of the two was wrong. While the phone is on a list of disconnected numbers a code to it proves
 * nothing, and one from the e-mail takes its place. Throws `login-locked`, `credentials-wrong`, `otp-required`,
 * `otp-wrong`, `password-weak`, `device-proof-invalid`, `person-frozen`, `phone-revoked`, `otp-too-soon`.
 */
export async function login(deps: AuthDeps, attempt: Attempt): Promise<Tokens> {
  const { device, deviceKey: key, otp } = attempt
  requireDeviceKey(deps, key)
  const takeTime = otp === undefined ? undefined : () => takeTimeOfCode(deps, attempt)
  const { person, ...tried } = await tryPassword(deps, attempt, takeTime)
  refuseShortOfStaff(attempt.password, person.roles)
  if (!person.isBound && !person.isPhoneRevoked && otp === undefined) throw new Problem('otp-required')

  const started = await deps.transaction(async (tx) => {
    const refusal = person.isBound
      ? undefined
      : await refusedOnNewDevice(deps, tx, attempt, { ...person, isGuarded: tried.isGuarded })
    // With the password that is two proofs. Before the lock that is shared: two of them would wait for each other.
    if (!person.isBound && !refusal) await markProven(tx, person.id, deps.clock.now())
    return (
      refusal ??
      (await refusedMeanwhile(deps, tx, attempt, person)) ??
      startSession(
        deps,
        tx,
        person,
        { ...device, key },
        {
          newDevice: !person.isBound,
          begunBy: person.isBound ? 'password' : 'password-and-code',
          network: attempt.network,
        },
      )
    )
  })
  const isProven = !(started instanceof Problem) || started.code === 'person-frozen'
  if (isProven) await tried.clear()
  if (started instanceof Problem && started.code === 'phone-revoked')
    throw await offerEmailCode(deps, attempt, person.id, started, emailProofs.signIn)
  if (started instanceof Problem) {
    // Codes from the e-mail are used up by who has proven all else: there is nothing left to hide from them.
    const isOpen = !tried.isGuarded || isProven || started.code === 'login-locked'
    throw isOpen ? started : await tried.refusal()
  }
  return tokensFor(deps, started)
}

/** The code from the phone; while the phone proves nothing, the one from the e-mail, and where strangers try, both. */
async function refusedOnNewDevice(
  deps: AuthDeps,
  tx: Tx,
  attempt: Attempt,
  { isPhoneRevoked, isGuarded }: { isPhoneRevoked: boolean; isGuarded: boolean },
): Promise<Problem | undefined> {
  const at = deps.clock.now()
  const code = { ...codeOf(attempt), at }
  const refused = !isPhoneRevoked || isGuarded ? await verifyOtp(deps, tx, code) : undefined
  if (refused || !isPhoneRevoked) return refused
  const missing = await missingEmailCode(deps, tx, attempt, emailProofs.signIn)
  if (missing && isGuarded) await reviveCodes(tx, phoneKey(deps, attempt.phone), 'sign-in', at)
  return missing
}

/**
 * The password may have been replaced since it was compared, the device unbound, and the phone revoked: whoever did so
 * is not undone.
 */
async function refusedMeanwhile(
  deps: AuthDeps,
  tx: Tx,
  { phone, password, device, deviceKey }: Attempt,
  compared: Credentials,
): Promise<Problem | undefined> {
  const { isFrozen } = await holdCredentials(tx, compared.id)
  const now = await credentialsOf(tx, phoneKey(deps, phone), { id: device.id, key: deviceKey })
  // A hash is also replaced by one of the same password, with other cost parameters.
  if (
    now?.passwordHash !== compared.passwordHash &&
    !(await deps.passwords.matches(now?.passwordHash, password))
  )
    return new Problem('credentials-wrong')
  if (compared.isBound && !now?.isBound) return new Problem('otp-required')
  if (!compared.isBound && !compared.isPhoneRevoked && now?.isPhoneRevoked)
    return new Problem('phone-revoked')
  // Said only to who has proven that it is them.
  return isFrozen ? new Problem('person-frozen') : undefined
}

function codeOf({ phone, otp, otpId, network }: Attempt) {
  return { phone, purpose: 'sign-in' as const, otp: otp!, otpId, asker: { network }, proven: true }
}

/** Verifies the code and undoes it: a wrong password takes the same time as a wrong code. */
async function takeTimeOfCode(deps: AuthDeps, attempt: Attempt): Promise<void> {
  const undone = new Error('undone')
  await deps
    .transaction(async (tx) => {
      await verifyOtp(deps, tx, codeOf(attempt))
      throw undone
    })
    .catch((error: unknown) => {
      if (error !== undone) throw error
    })
}
