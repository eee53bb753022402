// A profile and its changes: pure rules, and the sealing of phone and e-mail.
import { parseEmail } from '@bahi/contracts/email.ts'
import { normaliseName } from '@bahi/contracts/person-name.ts'
import type { Profile } from '@bahi/contracts/user.ts'
import type { Seal, SealedColumn } from '@bahi/kit/crypto/seal.ts'

/** A profile as it is stored. */
export type ProfileRow = {
  userId: string
  name: string
  phoneSealed: string
  emailSealed: string | null
  language: Profile['language']
  createdAt: Date
}

export type Changes = { name?: string; email?: string | null; language?: Profile['language'] }

export const phoneColumn: SealedColumn = { table: 'profiles', column: 'phone_sealed', row: 'user_id' }
export const emailColumn: SealedColumn = { table: 'profiles', column: 'email_sealed', row: 'user_id' }

export function sealPhone(seal: Seal, userId: string, phone: string): string {
  return seal.seal(phone, phoneColumn, userId)
}

export function sealEmail(seal: Seal, userId: string, email: string | undefined): string | null {
  return email === undefined ? null : seal.seal(email, emailColumn, userId)
}

/** Throws when a sealed value was tampered with, or belongs to another row. */
export function openProfile(seal: Seal, row: ProfileRow): Profile {
  const { userId, name, language } = row
  return {
    userId,
    name,
    phone: seal.open(row.phoneSealed, phoneColumn, userId),
    ...(row.emailSealed === null ? {} : { email: seal.open(row.emailSealed, emailColumn, userId) }),
    language,
    createdAt: row.createdAt.toISOString(),
  }
}

/** The profile after the changes, and the names of the fields whose value differs. */
export function applyChanges(profile: Profile, changes: Changes): { changed: Profile; fields: string[] } {
  const { email: emailBefore, ...rest } = profile
  const email = changes.email === undefined ? emailBefore : parseEmail(changes.email ?? '')
  const changed: Profile = {
    ...rest,
    name: changes.name === undefined ? profile.name : normaliseName(changes.name),
    language: changes.language ?? profile.language,
    ...(email === undefined ? {} : { email }),
  }
  const fields = (['name', 'email', 'language'] as const).filter((field) => changed[field] !== profile[field])
  return { changed, fields }
}
