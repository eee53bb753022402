// What a session has proven, and what it may do about second factors.
import type { BegunBy } from '@bahi/contracts/auth.ts'
import { isStaff } from '@bahi/contracts/permissions.ts'
import type { Person } from '@bahi/contracts/principal.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { SecondFactorState } from '@bahi/contracts/second-factor.ts'
import type { AuthMethod } from '@bahi/contracts/second-factor-rules.ts'
import type { Queryable } from '@bahi/kit/sql/sql.ts'
import type { AuthDeps } from '../deps.ts'
import { sessionWithFactors, type FactorSession } from './store.ts'

const hourMs = 3_600_000
/** For so long after signing in by password and device the first second factor can be enrolled. */
const enrolWithinMs = 15 * 60_000

type Asking = Pick<Person, 'userId' | 'sessionId'>

const methodsOfStart: Record<BegunBy, AuthMethod[]> = {
  registration: ['pwd', 'sms'],
  password: ['pwd'],
  'password-and-code': ['pwd', 'sms'],
  reset: ['pwd', 'sms'],
}

/** How a session was authenticated, as tokens say it. A second factor counts for some hours. */
export function amrOf(
  deps: Pick<AuthDeps, 'config'>,
  {
    begunBy,
    secondFactor,
    secondFactorAt,
  }: Pick<FactorSession, 'begunBy' | 'secondFactor' | 'secondFactorAt'>,
  now: Date,
): AuthMethod[] {
  const began = begunBy === null ? [] : methodsOfStart[begunBy]
  const factor = secondFactor === 'passkey' ? 'pop' : 'otp'
  return isFresh(deps, secondFactorAt, now) ? [...began, factor, 'mfa'] : began
}

function isFresh({ config }: Pick<AuthDeps, 'config'>, at: Date | null, now: Date): boolean {
  return at !== null && now.getTime() - at.getTime() < config.BAHI_SECOND_FACTOR_HOURS * hourMs
}

/** Throws `unauthenticated` when the session has ended. */
export async function factorSession(deps: AuthDeps, sql: Queryable, asking: Asking): Promise<FactorSession> {
  const session = await sessionWithFactors(sql, asking, deps.clock.now())
  if (!session) throw new Problem('unauthenticated', 'the session has ended')
  return session
}

export async function readState(deps: AuthDeps, asking: Asking): Promise<SecondFactorState> {
  const session = await factorSession(deps, deps.sql, asking)
  const { recoveryCodesLeft } = session
  return {
    isNeeded: isStaff(session.roles),
    isProven: isProvenIn(deps, session),
    methods: [
      ...(session.hasTotp ? ['totp' as const] : []),
      ...(session.hasTotp && session.hasPasskey ? ['passkey' as const] : []),
      ...(session.hasTotp && recoveryCodesLeft > 0 ? ['recovery-code' as const] : []),
    ],
    recoveryCodesLeft,
  }
}

/**
 * The first factor is enrolled right after signing in by password and device: who steals an open session later cannot.
 * Each further one takes a session in which one was proven. Throws `wrong-state`, `second-factor-required`.
 */
export function requireEnrolment(deps: AuthDeps, session: FactorSession): void {
  if (!isStaff(session.roles)) throw new Problem('wrong-state', 'a second factor is for staff')
  const now = deps.clock.now()
  if (session.hasTotp) return requireProven(deps, session)
  if (now.getTime() - session.createdAt.getTime() > enrolWithinMs)
    throw new Problem('wrong-state', 'sign in again, and enrol then')
}

export const isProvenIn = (deps: AuthDeps, { secondFactorAt }: FactorSession): boolean =>
  isFresh(deps, secondFactorAt, deps.clock.now())

/** Throws `second-factor-required`. */
export function requireProven(deps: AuthDeps, session: FactorSession): void {
  if (!isProvenIn(deps, session)) throw new Problem('second-factor-required')
}
