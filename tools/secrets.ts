// Secrets of a start on one machine: made once, kept in a file that only its owner can read.
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generateServiceKeys, type ServiceKeys } from '@bahi/kit/service-token.ts'
import { allNames } from '@bahi/kit/start.ts'
import { exportJWK, generateKeyPair } from 'jose'

export type Secrets = {
  dataKey: string
  keys: ServiceKeys
  /** Of each service's database role. */
  passwords: Record<string, string>
  /** Settings of single services. */
  env: { BAHI_PIN_KEY: string; BAHI_PIN_VERIFIER_KEY: string }
}

/** Reads the secrets of a data folder, or makes them. */
export async function secretsIn(folder: string): Promise<Secrets> {
  const file = join(folder, 'secrets.json')
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Secrets
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  const secrets = await makeSecrets()
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeFile(file, JSON.stringify(secrets, undefined, 2), { mode: 0o600, flag: 'wx' })
  return secrets
}

export async function makeSecrets(): Promise<Secrets> {
  const random = () => randomBytes(32).toString('base64')
  const pinKey = await generateKeyPair('ECDH-ES', { crv: 'P-256', extractable: true })
  const jwk = { ...(await exportJWK(pinKey.privateKey)), kid: randomBytes(6).toString('hex') }
  return {
    dataKey: random(),
    keys: await generateServiceKeys(allNames),
    passwords: Object.fromEntries(allNames.map((name) => [name, randomBytes(18).toString('base64url')])),
    env: { BAHI_PIN_KEY: JSON.stringify(jwk), BAHI_PIN_VERIFIER_KEY: random() },
  }
}

/** The URL by which a service's own role reaches the database that `adminUrl` names. */
export function roleUrl(adminUrl: string, service: string, password: string): string {
  const url = new URL(adminUrl)
  url.username = `bahi_${service}`
  url.password = password
  return url.toString()
}
