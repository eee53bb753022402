// Every statement about second factors: secrets of authenticator apps, recovery codes, what a session has proven.
import type { BegunBy } from '@bahi/contracts/auth.ts'
import type { Role } from '@bahi/contracts/permissions.ts'
import type { SecondFactor } from '@bahi/contracts/second-factor-rules.ts'
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'

export type FactorSession = {
  createdAt: Date
  begunBy: BegunBy | null
  secondFactor: SecondFactor | null
  secondFactorAt: Date | null
  keyThumbprint: string | null
  /** Whether its device has proven a second factor before. */
  isKnownDevice: boolean
  roles: Role[]
  hasTotp: boolean
  /** One that counts as a second factor. */
  hasPasskey: boolean
  recoveryCodesLeft: number
}

/** Undefined when the session has ended, or is another person's. */
export async function sessionWithFactors(
  sql: Queryable,
  { userId, sessionId }: { userId: string; sessionId: string },
  now: Date,
): Promise<FactorSession | undefined> {
  const [row] = await sql<FactorSession[]>`
    select s.created_at, s.begun_by, s.second_factor, s.second_factor_at, s.key_thumbprint,
      roles_of(s.user_id) as roles,
      exists (select from totp_secrets t where t.user_id = s.user_id and t.confirmed_at is not null) as has_totp,
      exists (select from passkeys k where k.user_id = s.user_id and k.is_second_factor) as has_passkey,
      (select count(*)::int from recovery_codes c where c.user_id = s.user_id and c.used_at is null)
        as recovery_codes_left,
      exists (
        select from devices d
        where d.user_id = s.user_id and d.device_id = s.device_id and d.unbound_at is null
          and d.key_thumbprint = s.key_thumbprint and d.second_factor_at is not null) as is_known_device
    from sessions s
    where s.id = ${sessionId} and s.user_id = ${userId} and s.ended_at is null and s.expires_at > ${now}`
  return row
}

/** That the session has it now, and its device has had it. False when it has ended. */
export async function proveInSession(
  tx: Tx,
  { userId, sessionId }: { userId: string; sessionId: string },
  method: SecondFactor,
  now: Date,
): Promise<boolean> {
  const proven = await tx`
    update sessions set second_factor = ${method}, second_factor_at = ${now}
    where id = ${sessionId} and user_id = ${userId} and ended_at is null and expires_at > ${now}`
  await tx`
    update devices d set second_factor_at = ${now}
    from sessions s
    where s.id = ${sessionId} and d.user_id = ${userId} and d.device_id = s.device_id and d.unbound_at is null
      and d.key_thumbprint = s.key_thumbprint`
  return proven.count === 1
}

export type TotpSecret = { id: string; secretSealed: string }

/** In the place of one that was not confirmed. */
export async function insertPendingSecret(
  tx: Tx,
  secret: TotpSecret & { userId: string; now: Date },
): Promise<void> {
  await tx`delete from totp_secrets where user_id = ${secret.userId} and confirmed_at is null`
  await tx`
    insert into totp_secrets (id, user_id, secret_sealed, created_at)
    values (${secret.id}, ${secret.userId}, ${secret.secretSealed}, ${secret.now})`
}

export async function secretOf(
  sql: Queryable,
  userId: string,
  { isConfirmed }: { isConfirmed: boolean },
): Promise<TotpSecret | undefined> {
  const [row] = await sql<TotpSecret[]>`
    select id, secret_sealed from totp_secrets
    where user_id = ${userId} and (confirmed_at is not null) = ${isConfirmed}`
  return row
}

/** It takes the place of the one before. False when it was confirmed or replaced meanwhile. */
export async function confirmSecret(
  tx: Tx,
  { id, userId, step, now }: { id: string; userId: string; step: number | null; now: Date },
): Promise<boolean> {
  await tx`delete from totp_secrets where user_id = ${userId} and confirmed_at is not null and id <> ${id}`
  const confirmed = await tx`
    update totp_secrets set confirmed_at = ${now}, last_step = ${step} where id = ${id} and confirmed_at is null`
  return confirmed.count === 1
}

/** Uses up the code of that time step and all before it, for exactly one of concurrent callers. */
export async function useStep(tx: Tx, id: string, step: number): Promise<boolean> {
  const used = await tx`
    update totp_secrets set last_step = ${step}
    where id = ${id} and confirmed_at is not null and (last_step is null or last_step < ${step})`
  return used.count === 1
}

export async function replaceRecoveryCodes(
  tx: Tx,
  userId: string,
  fingerprints: Buffer[],
  now: Date,
): Promise<void> {
  await tx`delete from recovery_codes where user_id = ${userId}`
  await tx`
    insert into recovery_codes (user_id, code_fingerprint, created_at)
    select ${userId}, decode(one, 'hex'), ${now}
    from unnest(${fingerprints.map((one) => one.toString('hex'))}::text[]) as one`
}

/** How many are left; undefined for all but one of concurrent callers. The caller holds the person's lock. */
export async function useRecoveryCode(
  tx: Tx,
  userId: string,
  fingerprint: Buffer,
  now: Date,
): Promise<number | undefined> {
  const used = await tx`
    update recovery_codes set used_at = ${now}
    where user_id = ${userId} and code_fingerprint = ${fingerprint} and used_at is null`
  if (used.count === 0) return undefined
  const [row] = await tx<{ left: number }[]>`
    select count(*)::int as "left" from recovery_codes where user_id = ${userId} and used_at is null`
  return row!.left
}

/** All that the person could prove a second factor by is gone, and so are devices that did. */
export async function deleteFactors(tx: Tx, userId: string): Promise<void> {
  await tx`delete from totp_secrets where user_id = ${userId}`
  await tx`delete from recovery_codes where user_id = ${userId}`
  await tx`delete from passkeys where user_id = ${userId}`
  await tx`update devices set second_factor_at = null where user_id = ${userId}`
}
