// Codes on paper for who has lost the authenticator app: sixty random bits each, stored as keyed hashes.
import { randomInt } from 'node:crypto'
import { recoveryCodeCount } from '@bahi/contracts/second-factor-rules.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import type { AuthDeps } from '../deps.ts'
import { replaceRecoveryCodes } from './store.ts'

/** Without letters and digits that look alike on paper. */
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789'
const groups = 3
const groupLength = 4

const newCode = (): string =>
  Array.from({ length: groups }, () =>
    Array.from({ length: groupLength }, () => alphabet[randomInt(alphabet.length)]!).join(''),
  ).join('-')

/** The same however it is typed. */
export function recoveryCodeKey(deps: Pick<AuthDeps, 'seal'>, userId: string, code: string): Buffer {
  const plain = code.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
  return deps.seal.fingerprint(`${userId} ${plain}`, 'auth.recovery-code')
}

/** In the place of all before. */
export async function makeRecoveryCodes(deps: AuthDeps, tx: Tx, userId: string): Promise<string[]> {
  const codes = Array.from({ length: recoveryCodeCount }, newCode)
  const keys = codes.map((code) => recoveryCodeKey(deps, userId, code))
  await replaceRecoveryCodes(tx, userId, keys, deps.clock.now())
  return codes
}
