// What is kept on this device, encrypted: under a key that the browser won't hand out, or one made of the passcode.
import type { Shelf } from './device-storage.ts'

/** Wrong passcodes until everything is erased. */
export const maxTries = 5
const rounds = 600_000
const lockName = '.lock'
const keyName = '.key'
const ownerName = '.owner'

type Sealed = { iv: Uint8Array<ArrayBuffer>; body: ArrayBuffer }
/** `check` opens under the right passcode alone; `tries` counts the wrong ones since the last right one. */
type Lock = { salt: Uint8Array<ArrayBuffer>; rounds: number; check: Sealed; tries: number }

export type Unlocked = { open: true } | { open: false; triesLeft: number }

export type Vault = {
  /** False where the browser has no place for it: everything works, and nothing stays. */
  canKeep: boolean
  isLocked(): Promise<boolean>
  /** Opens it for a person; what somebody else kept here is erased. False when it needs a passcode. */
  open(owner: string): Promise<boolean>
  /** With no tries left everything is erased. */
  unlock(passcode: string): Promise<Unlocked>
  /** Forgets the key until it is opened again. */
  close(): void
  setPasscode(passcode: string): Promise<void>
  removePasscode(): Promise<void>
  keep(name: string, value: unknown): Promise<void>
  /** Undefined when nothing is there, it is closed, or it was sealed under another key. */
  kept<T>(name: string): Promise<T | undefined>
  erase(): Promise<void>
}

export function createVault(shelf: Shelf | undefined): Vault {
  let opened: { key: CryptoKey; owner: string } | undefined
  // One thing after the other: what is kept while the key changes would be sealed under the old one.
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(run: () => Promise<T>): Promise<T> => {
    const next = last.then(run, run)
    last = next.catch(() => undefined)
    return next
  }
  const lockOf = async () => (await shelf?.read(lockName)) as Lock | undefined
  const erase = async () => {
    opened = undefined
    await shelf?.clear()
  }

  /** Seals everything again under another key, in one go. */
  async function changeKey(key: CryptoKey, changes: Record<string, unknown>): Promise<void> {
    if (!shelf || !opened) throw new Error('the vault is closed')
    const { owner } = opened
    const resealed: Record<string, unknown> = {}
    for (const name of (await shelf.names()).filter((one) => !one.startsWith('.'))) {
      const value = await openWith(opened, name, await shelf.read(name))
      resealed[name] = value === undefined ? undefined : await sealWith({ key, owner }, name, value)
    }
    await shelf.write({ ...resealed, ...changes })
    opened = { key, owner }
  }

  return {
    canKeep: shelf !== undefined,
    isLocked: async () => (await lockOf()) !== undefined && opened === undefined,
    open: (owner) =>
      inTurn(async () => {
        if (!shelf || opened?.owner === owner) return true
        const known = await shelf.read(ownerName)
        if (known !== owner) {
          await erase()
          await shelf.write({ [ownerName]: owner })
        }
        if (await lockOf()) return false
        let key = (await shelf.read(keyName)) as CryptoKey | undefined
        if (!key) {
          key = await newKey()
          await shelf.write({ [keyName]: key })
        }
        opened = { key, owner }
        return true
      }),
    unlock: (passcode) =>
      inTurn(async () => {
        const lock = await lockOf()
        if (!shelf || !lock) return { open: true }
        // Counted before it is tried: closing the app meanwhile wins nothing.
        await shelf.write({ [lockName]: { ...lock, tries: lock.tries + 1 } })
        const owner = (await shelf.read(ownerName)) as string
        const key = await keyFrom(passcode, lock)
        if ((await openWith({ key, owner }, lockName, lock.check)) === undefined) {
          const triesLeft = Math.max(0, maxTries - lock.tries - 1)
          if (triesLeft === 0) await erase()
          return { open: false, triesLeft }
        }
        await shelf.write({ [lockName]: { ...lock, tries: 0 } })
        opened = { key, owner }
        return { open: true }
      }),
    close: () => (opened = undefined),
    setPasscode: (passcode) =>
      inTurn(async () => {
        if (!opened) throw new Error('the vault is closed')
        const salt = crypto.getRandomValues(new Uint8Array(16))
        const key = await keyFrom(passcode, { salt, rounds })
        const check = await sealWith({ key, owner: opened.owner }, lockName, true)
        const lock: Lock = { salt, rounds, check, tries: 0 }
        await changeKey(key, { [lockName]: lock, [keyName]: undefined })
      }),
    removePasscode: () =>
      inTurn(async () => {
        const key = await newKey()
        await changeKey(key, { [lockName]: undefined, [keyName]: key })
      }),
    keep: (name, value) =>
      inTurn(async () => {
        if (shelf && opened) await shelf.write({ [name]: await sealWith(opened, name, value) })
      }),
    kept: <T>(name: string) =>
      inTurn(async () => {
        if (!shelf || !opened) return undefined
        return (await openWith(opened, name, await shelf.read(name))) as T | undefined
      }),
    erase: () => inTurn(erase),
  }
}

const newKey = () =>
  crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])

async function keyFrom(passcode: string, lock: Pick<Lock, 'salt' | 'rounds'>): Promise<CryptoKey> {
  const typed = await crypto.subtle.importKey('raw', new TextEncoder().encode(passcode), 'PBKDF2', false, [
    'deriveKey',
  ])
  const how = { name: 'PBKDF2', hash: 'SHA-256', salt: lock.salt, iterations: lock.rounds }
  return crypto.subtle.deriveKey(how, typed, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
}

type Opened = { key: CryptoKey; owner: string }

/** The owner and the name are part of it: moved elsewhere, it does not open. */
const bound = ({ owner }: Opened, name: string) => new TextEncoder().encode(`bahi 1 ${owner} ${name}`)

async function sealWith(opened: Opened, name: string, value: unknown): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(12))
  const how = { name: 'AES-GCM', iv, additionalData: bound(opened, name) }
  const plain = new TextEncoder().encode(JSON.stringify(value))
  return { iv, body: await crypto.subtle.encrypt(how, opened.key, plain) }
}

async function openWith(opened: Opened, name: string, sealed: unknown): Promise<unknown> {
  if (sealed === undefined) return undefined
  const { iv, body } = sealed as Sealed
  try {
    const how = { name: 'AES-GCM', iv, additionalData: bound(opened, name) }
    return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(how, opened.key, body))) as unknown
  } catch {
    return undefined
  }
}
