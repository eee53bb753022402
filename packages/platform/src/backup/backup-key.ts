// The key of backups: its public half seals, and is all that the database's machine needs; its private half opens.
import {
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { secretJson } from '@bahi/kit/crypto/secret-json.ts'

/** Its public half: `x` of a JWK of X25519 (RFC 8037), 32 bytes in base64url. */
export type Recipient = string

/** A JWK; without `d` it seals and does not open. */
export type BackupKey = { kty: 'OKP'; crv: 'X25519'; x: Recipient; d?: string }

/** Each sealed file begins with this and the public half of a key that was made for it alone. */
const magic = Buffer.from('bahi-backup-1\n')
const publicBytes = 32
export const headerBytes = magic.length + publicBytes

/** Reads the key in a file; makes one when there is none. Throws when the file holds something else. */
export async function backupKeyIn(file: string): Promise<BackupKey> {
  if (existsSync(file)) return readBackupKey(file)
  const key = generateKeyPairSync('x25519').privateKey.export({ format: 'jwk' }) as BackupKey
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  await writeFile(file, `${JSON.stringify(key)}\n`, { mode: 0o600, flag: 'wx' })
  return key
}

export async function readBackupKey(file: string): Promise<BackupKey> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new Error(`there is no key of backups in ${file}`)
  })
  const key = secretJson<BackupKey>(file, text)
  if (key.kty !== 'OKP' || key.crv !== 'X25519') throw new Error(`${file} holds no key of backups`)
  return key
}

/** A key for one file, and the header from which the private half derives it again. */
export function sealingKey(recipient: Recipient): { key: KeyObject; header: Buffer } {
  const own = generateKeyPairSync('x25519')
  const { x } = own.publicKey.export({ format: 'jwk' })
  const header = Buffer.concat([magic, Buffer.from(x!, 'base64url')])
  return { key: derive(own.privateKey, publicKeyOf(recipient), header, recipient), header }
}

/** Throws when the file is none of ours, or the key has no private half. */
export function openingKey(key: BackupKey, header: Buffer): KeyObject {
  if (!key.d) throw new Error('this key of backups has no private half: it seals and does not open')
  if (header.length !== headerBytes || !header.subarray(0, magic.length).equals(magic))
    throw new Error('not a sealed file of a backup')
  const theirs = publicKeyOf(header.subarray(magic.length).toString('base64url'))
  return derive(createPrivateKey({ key, format: 'jwk' }), theirs, header, key.x)
}

function publicKeyOf(x: string): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x }, format: 'jwk' })
}

function derive(privateKey: KeyObject, publicKey: KeyObject, header: Buffer, recipient: string): KeyObject {
  const shared = diffieHellman({ privateKey, publicKey })
  const salt = Buffer.concat([header, Buffer.from(recipient, 'base64url')])
  return createSecretKey(Buffer.from(hkdfSync('sha256', shared, salt, 'bahi backup', 32)))
}
