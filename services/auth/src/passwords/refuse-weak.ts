// Refuses passwords that are too easy to guess, for those who register, reset or change theirs.
import { minStaffPasswordLength, weaknessOf, weaknessTexts } from '@bahi/contracts/password-rules.ts'
import { isStaff, type Role } from '@bahi/contracts/permissions.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { profilesOf } from '@bahi/contracts/user.ts'
import type { AuthDeps } from '../deps.ts'

/** Throws `password-weak`. */
export function refuseWeak(password: string, about: Parameters<typeof weaknessOf>[1]): void {
  const weak = weaknessOf(password, about)
  if (weak) throw new Problem('password-weak', weaknessTexts[weak].en)
}

/** Of somebody registered, whose name user knows. Throws `password-weak`, `unavailable`. */
export async function refuseWeakOf(
  deps: Pick<AuthDeps, 'call'>,
  password: string,
  { id, phone, roles }: { id: string; phone: string; roles: readonly Role[] },
): Promise<void> {
  const { profiles } = await deps.call(profilesOf, { body: { userIds: [id] } })
  refuseWeak(password, { phone, name: profiles[0]?.name ?? '', isStaff: isStaff(roles) })
}

/** A password that was good before its person became staff. Throws `password-weak`. */
export function refuseShortOfStaff(password: string, roles: readonly Role[]): void {
  if (isStaff(roles) && [...password].length < minStaffPasswordLength)
    throw new Problem('password-weak', `${weaknessTexts['short-for-staff'].en}: reset it`)
}
