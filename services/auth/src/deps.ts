// Auth's settings and dependencies: the kit's seams, its signing keys and its password hashes.
import type { Deps } from '@bahi/kit/runtime/service.ts'
import Type, { type Static } from 'typebox'
import type { Passwords } from './passwords/password-hashes.ts'
import type { CountReleased } from './people/metrics.ts'
import type { CountRevocation } from './revoked-numbers/metrics.ts'
import type { SigningKeys } from './signing-keys/signing-keys.ts'

/** KiB for one hash: what OWASP's cheat sheet on password storage names for argon2id. */
export const leastMemoryKiB = 19_456

export const Config = Type.Object({
  BAHI_ISSUER: Type.String({
    pattern: '^https?://[^\\s]+$',
    maxLength: 200,
    default: 'https://bahi.local',
    description: 'Issuer that access tokens name: the public URL of the platform.',
  }),
  BAHI_ARGON2_MEMORY_KIB: Type.Integer({
    minimum: 64,
    maximum: 1_048_576,
    default: leastMemoryKiB,
    description: 'KiB of memory for one argon2id password hash; older hashes are replaced as people sign in.',
  }),
  BAHI_ROLE_MAX_DAYS: Type.Integer({
    minimum: 1,
    maximum: 3_650,
    default: 366,
    description: 'Days that a staff role is granted for at most; then it is requested and approved again.',
  }),
  BAHI_SECOND_FACTOR_HOURS: Type.Integer({
    minimum: 1,
    maximum: 24,
    default: 12,
    description: 'Hours that the second factor of staff counts in a session; then it is proven again.',
  }),
  BAHI_SESSION_IDLE_DAYS: Type.Integer({
    minimum: 1,
    maximum: 30,
    default: 30,
    description: 'Days that a session lives without being used: its refresh token expires.',
  }),
  BAHI_SESSION_MAX_DAYS: Type.Integer({
    minimum: 1,
    maximum: 3_650,
    default: 180,
    description: 'Days that a session lives at most, however often it is used.',
  }),
  BAHI_PASSKEY_RP_ID: Type.String({
    pattern: '^([a-z0-9-]+(\\.[a-z0-9-]+)*)?$',
    maxLength: 253,
    default: '',
    description: 'Domain of passkeys (RP ID): that of the apps, or one above it. Without it there are none.',
  }),
  BAHI_PASSKEY_ORIGINS: Type.String({
    maxLength: 2_000,
    default: '',
    description:
      'Origins of the apps that passkeys are used in, such as https://pay.example.in, with commas between.',
  }),
  BAHI_REVOKED_NUMBERS_KEY: Type.String({
    secret: true,
    pattern: '^([\\x21-\\x7e]{32,200})?$',
    default: '',
    description:
      'Key by which a feed of disconnected mobile numbers (MNRL) proves itself. Without it only staff uploads lists.',
  }),
  BAHI_KEY_ROTATION_DAYS: Type.Integer({
    minimum: 1,
    maximum: 365,
    default: 30,
    description: 'Days that a signing key of access tokens is used before the next one replaces it.',
  }),
})

export type AuthDeps = Deps<Static<typeof Config>> & {
  keys: SigningKeys
  idTokenKeys: SigningKeys
  passwords: Passwords
  countReleased: CountReleased
  countRevocation: CountRevocation
}

/** The keyed fingerprint that a phone is found by, so that a copy of the database reveals no phones. */
export function phoneKey(deps: Pick<Deps, 'seal'>, phone: string): Buffer {
  return deps.seal.fingerprint(phone, 'auth.phone')
}
