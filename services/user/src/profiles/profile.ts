// A profile and its changes: pure rules, and the sealing of name, phone and e-mail.
import { parseEmail } from '@bahi/contracts/email.ts'
import { normaliseName } from '@bahi/contracts/person-name.ts'
import type { OwnProfile } from '@bahi/contracts/user.ts'
import type { Seal, SealedColumn } from '@bahi/kit/crypto/seal.ts'

/** A profile as it is stored. */
export type ProfileRow = {
  userId: string
  nameSealed: string
  phoneSealed: string
  /** Since when it is not theirs any more. */
  phoneReleasedAt: Date | null
  emailSealed: string | null
  emailVerifiedAt: Date | null
  pendingEmailSealed: string | null
  language: OwnProfile['language']
  createdAt: Date
}

export type Changes = { name?: string; email?: string | null; language?: OwnProfile['language'] }

export const nameColumn: SealedColumn = { table: 'profiles', column: 'name_sealed', row: 'user_id' }
export const phoneColumn: SealedColumn = { table: 'profiles', column: 'phone_sealed', row: 'user_id' }
export const emailColumn: SealedColumn = { table: 'profiles', column: 'email_sealed', row: 'user_id' }

export const pendingEmailColumn: SealedColumn = {
  ...{ table: 'profiles', column: 'pending_email_sealed', row: 'user_id' },
}

export function sealName(seal: Seal, userId: string, name: string): string {
  return seal.seal(name, nameColumn, userId)
}

/** Throws as `openProfile`. */
export function openName(
  seal: Seal,
  { userId, nameSealed }: Pick<ProfileRow, 'userId' | 'nameSealed'>,
): string {
  return seal.open(nameSealed, nameColumn, userId)
}

export function sealPhone(seal: Seal, userId: string, phone: string): string {
  return seal.seal(phone, phoneColumn, userId)
}

export function sealEmail(seal: Seal, userId: string, email: string | undefined): string | null {
  return email === undefined ? null : seal.seal(email, emailColumn, userId)
}

export function sealPendingEmail(seal: Seal, userId: string, email: string): string {
  return seal.seal(email, pendingEmailColumn, userId)
}

/**
 * One that was never verified waits for a code, as the pending one does. Throws when a sealed value was tampered with,
 * or belongs to another row.
 */
export function openProfile(seal: Seal, row: ProfileRow): OwnProfile {
  const { userId, language } = row
  const email = row.emailSealed === null ? undefined : seal.open(row.emailSealed, emailColumn, userId)
  const isVerified = row.emailVerifiedAt !== null
  const unverified = isVerified ? undefined : email
  const pending =
    row.pendingEmailSealed === null
      ? unverified
      : seal.open(row.pendingEmailSealed, pendingEmailColumn, userId)
  return {
    userId,
    name: openName(seal, row),
    phone: seal.open(row.phoneSealed, phoneColumn, userId),
    ...(isVerified && email !== undefined ? { email } : {}),
    ...(pending === undefined ? {} : { emailPending: pending }),
    language,
    createdAt: row.createdAt.toISOString(),
  }
}

type Fields = ('name' | 'email' | 'emailPending' | 'language')[]

/**
 * The profile after the changes, and the names of the fields whose value differs. Another address is pending until its
 * code is entered, beside the one so far; the one so far, and none, drop what is pending.
 */
export function applyChanges(profile: OwnProfile, changes: Changes): { changed: OwnProfile; fields: Fields } {
  const { email: emailBefore, emailPending: pendingBefore, ...rest } = profile
  const wanted = changes.email === undefined ? undefined : parseEmail(changes.email ?? '')
  const email = changes.email === null ? undefined : emailBefore
  const another = wanted === emailBefore ? undefined : wanted
  const emailPending = changes.email === undefined ? pendingBefore : another
  const changed: OwnProfile = {
    ...rest,
    name: changes.name === undefined ? profile.name : normaliseName(changes.name),
    language: changes.language ?? profile.language,
    ...(email === undefined ? {} : { email }),
    ...(emailPending === undefined ? {} : { emailPending }),
  }
  const names = ['name', 'email', 'emailPending', 'language'] as const
  return { changed, fields: names.filter((field) => changed[field] !== profile[field]) }
}
