// Secrets of a start on one machine: generated once, stored in a file that only its owner can read.
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ServiceName } from '@bahi/contracts/contract.ts'
import { newDataKeys, withNewKey, type DataKeys } from '@bahi/kit/crypto/data-keys.ts'
import { generateServiceKeys, type ServiceKeys } from '@bahi/kit/transport/service-token.ts'
import { allServiceNames } from '@bahi/kit/runtime/runtime.ts'
import { exportJWK, generateKeyPair, type JWK } from 'jose'

export type Secrets = {
  /** Of each service that seals personal data. */
  dataKeys: Record<string, DataKeys>
  keys: ServiceKeys
  /** Of each service's database role, and of the one that only reads (`reporting`). */
  passwords: Record<string, string>
  /** Settings of single services; see `envOf`. */
  env: {
    BAHI_PIN_KEY: string
    BAHI_PIN_VERIFIER_KEY: string
    /** What push messages are signed with. */
    BAHI_VAPID_KEY: string
    /** What checkpoints of the audit chain are signed with. */
    BAHI_AUDIT_KEY: string
    /** What codes are signed with. */
    BAHI_CODE_KEYS: string
    /** The keys that we and the sandbox's switch sign messages of the network with. */
    BAHI_NETWORK_KEY: string
    BAHI_NETWORK_PEER_KEY: string
    BAHI_SANDBOX_NETWORK_KEY: string
    BAHI_SANDBOX_MEMBER_KEY: string
  }
  /** Keys that are being replaced. */
  rotations?: Rotations
}

export type RotatedKey = 'services' | 'pins' | 'network'
/** Which step of three was done last (`rotateKeys`); after the third there is no entry. */
export type Rotations = Partial<Record<RotatedKey, { step: 1 | 2; next?: NextKeys }>>
/** Private keys that nobody uses before the second step. */
export type NextKeys = { services: ServiceKeys['private'] } | { network: string }

const fileName = 'secrets.json'

const settings: Partial<Record<ServiceName, (keyof Secrets['env'])[]>> = {
  gateway: ['BAHI_NETWORK_PEER_KEY'],
  account: [
    ...(['BAHI_PIN_KEY', 'BAHI_PIN_VERIFIER_KEY', 'BAHI_CODE_KEYS'] as const),
    ...(['BAHI_NETWORK_KEY', 'BAHI_NETWORK_PEER_KEY'] as const),
  ],
  audit: ['BAHI_AUDIT_KEY'],
  notification: ['BAHI_VAPID_KEY'],
  payment: ['BAHI_NETWORK_KEY', 'BAHI_NETWORK_PEER_KEY'],
  sandbox: ['BAHI_SANDBOX_NETWORK_KEY', 'BAHI_SANDBOX_MEMBER_KEY'],
}

const networkKeys: (keyof Secrets['env'])[] = [
  ...(['BAHI_NETWORK_KEY', 'BAHI_NETWORK_PEER_KEY'] as const),
  ...(['BAHI_SANDBOX_NETWORK_KEY', 'BAHI_SANDBOX_MEMBER_KEY'] as const),
]

/** The services that seal personal data or derive keys from theirs: each with keys of its own. */
const sealing: ServiceName[] = ['auth', 'user', 'account', 'payment', 'notification', 'audit', 'sandbox']

/** The secrets that a service needs, and no others. */
export function envOf(service: ServiceName, { env }: Secrets): Record<string, string> {
  return Object.fromEntries((settings[service] ?? []).map((name) => [name, env[name]]))
}

/** Reads the secrets of a data folder; generates them, or those that an older version did not have. */
export async function secretsIn(folder: string): Promise<Secrets> {
  const file = join(folder, fileName)
  const made = await makeSecrets()
  let found: Secrets
  try {
    found = JSON.parse(await readFile(file, 'utf8')) as Secrets
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeFile(file, JSON.stringify(made, undefined, 2), { mode: 0o600, flag: 'wx' })
    return made
  }
  const hasKeys = sealing.every((service) => found.dataKeys?.[service])
  if (hasKeys && Object.keys(made.env).every((name) => name in found.env)) return found
  // The keys of the network belong together: generate all of them or none.
  const { BAHI_PIN_KEY, BAHI_PIN_VERIFIER_KEY } = found.env
  const { BAHI_AUDIT_KEY, BAHI_CODE_KEYS, BAHI_VAPID_KEY } = { ...made.env, ...found.env }
  const dataKeys = { ...made.dataKeys, ...found.dataKeys }
  const hasNetwork = networkKeys.every((name) => name in found.env)
  const network = hasNetwork ? found.env : made.env
  const env = {
    ...network,
    BAHI_PIN_KEY,
    BAHI_PIN_VERIFIER_KEY,
    BAHI_CODE_KEYS,
    BAHI_VAPID_KEY,
    BAHI_AUDIT_KEY,
  }
  const completed = { ...found, dataKeys, env }
  await saveSecrets(folder, completed)
  return completed
}

/** Gives each service a new current data key; the older ones still open what was sealed under them. */
export async function addDataKeys(folder: string): Promise<void> {
  const secrets = await secretsIn(folder)
  const dataKeys = Object.fromEntries(
    Object.entries(secrets.dataKeys).map(([service, keys]) => [service, withNewKey(keys)]),
  )
  await saveSecrets(folder, { ...secrets, dataKeys })
}

export async function saveSecrets(folder: string, secrets: Secrets): Promise<void> {
  const file = join(folder, fileName)
  await writeFile(`${file}.new`, JSON.stringify(secrets, undefined, 2), { mode: 0o600 })
  await rename(`${file}.new`, file)
}

export async function makeSecrets(): Promise<Secrets> {
  const random = () => randomBytes(32).toString('base64')
  const vapidKey = await generateKeyPair('ES256', { extractable: true })
  const [ours, theirs] = await Promise.all([newNetworkKey(), newNetworkKey()])
  return {
    dataKeys: Object.fromEntries(sealing.map((name) => [name, newDataKeys()])),
    keys: await generateServiceKeys(allServiceNames),
    passwords: Object.fromEntries(
      [...allServiceNames, 'reporting'].map((name) => [name, randomBytes(18).toString('base64url')]),
    ),
    env: {
      BAHI_PIN_KEY: JSON.stringify(await newPinKey()),
      BAHI_PIN_VERIFIER_KEY: random(),
      BAHI_VAPID_KEY: JSON.stringify(await exportJWK(vapidKey.privateKey)),
      BAHI_AUDIT_KEY: await newAuditKey(),
      BAHI_CODE_KEYS: JSON.stringify([await newCodeKey()]),
      BAHI_NETWORK_KEY: ours.private,
      BAHI_NETWORK_PEER_KEY: theirs.public,
      BAHI_SANDBOX_NETWORK_KEY: theirs.private,
      BAHI_SANDBOX_MEMBER_KEY: ours.public,
    },
  }
}

export async function newPinKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('ECDH-ES', { crv: 'P-256', extractable: true })
  return { ...(await exportJWK(privateKey)), kid: randomBytes(6).toString('hex') }
}

/** A private key for signing codes, in use from the beginning. */
async function newCodeKey(): Promise<object> {
  const { privateKey } = await generateKeyPair('RS256', { modulusLength: 2_048, extractable: true })
  const about = { alg: 'RS256', kid: randomBytes(6).toString('hex'), from: '2026-01-01T00:00:00+05:30' }
  return { ...(await exportJWK(privateKey)), ...about }
}

async function newAuditKey(): Promise<string> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  return JSON.stringify({
    ...(await exportJWK(privateKey)),
    ...{ alg: 'EdDSA', kid: randomBytes(6).toString('hex') },
  })
}

/** A pair for signing messages, both as the JSON of a JWK. */
export async function newNetworkKey(): Promise<{ private: string; public: string }> {
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  const kid = randomBytes(6).toString('hex')
  const json = async (key: typeof pair.privateKey) => JSON.stringify({ ...(await exportJWK(key)), kid })
  return { private: await json(pair.privateKey), public: await json(pair.publicKey) }
}

/** The URL by which a service's own role reaches the database that `adminUrl` names. */
export function roleUrl(adminUrl: string, service: string, password: string): string {
  const url = new URL(adminUrl)
  url.username = `bahi_${service}`
  url.password = password
  return url.toString()
}

/** What migrate is given for the role that only reads; secrets of an older version have no password for it. */
export function reportingOf({ passwords }: Secrets): { reportingPassword?: string } {
  const { reporting } = passwords
  return reporting === undefined ? {} : { reportingPassword: reporting }
}
