// Encrypted storage on this device: under a non-extractable key, or under one derived from the passcode.
import type { DeviceLockKey } from '@bahi/web-ui/browser/passkeys.ts'
import type { DeviceStorage } from './device-storage.ts'

/** Wrong passcodes until everything is erased. */
export const maxTries = 5
const pbkdf2Iterations = 600_000
const lockName = '.lock'
const keyName = '.key'
const ownerName = '.owner'
const deviceKeyName = '.device-key'

type Sealed = { iv: Uint8Array<ArrayBuffer>; body: ArrayBuffer }
/** `check` opens under the right passcode alone; `tries` counts the wrong ones since the last right one. */
type Lock = { salt: Uint8Array<ArrayBuffer>; rounds: number; check: Sealed; tries: number }

/** The passcode, sealed under the secret of a key of this device. */
type ByDevice = { key: DeviceLockKey; passcode: Sealed }

export type Unlocked = { open: true } | { open: false; triesLeft: number }

export type EncryptedStorage = {
  /** False where the browser has no storage: everything works, and nothing is stored. */
  readonly isAvailable: boolean
  isLocked(): Promise<boolean>
  /** Opens it for a person; another person's data is erased. False when it needs a passcode. */
  open(owner: string): Promise<boolean>
  /** With no tries left everything is erased. */
  unlock(passcode: string): Promise<Unlocked>
  /** The key of this device that opens it beside the passcode. */
  deviceKey(): Promise<DeviceLockKey | undefined>
  /** Opens nothing, and costs no try, when it is another secret. */
  unlockByDevice(secret: ArrayBuffer): Promise<boolean>
  /** Until the passcode is changed or taken away. The passcode was right a moment ago. */
  setDeviceKey(key: DeviceLockKey & { secret: ArrayBuffer }, passcode: string): Promise<void>
  removeDeviceKey(): Promise<void>
  /** Forgets the key until it is opened again. */
  close(): void
  setPasscode(passcode: string): Promise<void>
  removePasscode(): Promise<void>
  write(name: string, value: unknown): Promise<void>
  /** Undefined when nothing is there, it is closed, or it was sealed under another key. */
  read<T>(name: string): Promise<T | undefined>
  erase(): Promise<void>
}

export function createEncryptedStorage(opening: Promise<DeviceStorage | undefined>): EncryptedStorage {
  let device: DeviceStorage | undefined
  let opened: { key: CryptoKey; owner: string } | undefined
  // Operations run in order: a value written while the key changes would be sealed under the old key.
  let last: Promise<unknown> = opening.then((storage) => (device = storage))
  const inTurn = <T>(run: () => Promise<T>): Promise<T> => {
    const next = last.then(run, run)
    last = next.catch(() => undefined)
    return next
  }
  const lockOf = async () => (await device?.read(lockName)) as Lock | undefined
  const byDevice = async () => (await device?.read(deviceKeyName)) as ByDevice | undefined
  const erase = async () => {
    opened = undefined
    await device?.clear()
  }

  /** Seals everything again under another key, in one go. */
  async function changeKey(key: CryptoKey, changes: Record<string, unknown>): Promise<void> {
    if (!device || !opened) throw new Error('the storage is locked')
    const { owner } = opened
    const resealed: Record<string, unknown> = {}
    for (const name of (await device.names()).filter((one) => !one.startsWith('.'))) {
      const value = await openWith(opened, name, await device.read(name))
      resealed[name] = value === undefined ? undefined : await sealWith({ key, owner }, name, value)
    }
    await device.write({ ...resealed, ...changes })
    opened = { key, owner }
  }

  async function unlock(passcode: string): Promise<Unlocked> {
    const lock = await lockOf()
    if (!device || !lock) return { open: true }
    // Counted before the passcode is tried: closing the app in between gains no extra try.
    await device.write({ [lockName]: { ...lock, tries: lock.tries + 1 } })
    const owner = (await device.read(ownerName)) as string
    const key = await keyFrom(passcode, lock)
    if ((await openWith({ key, owner }, lockName, lock.check)) === undefined) {
      const triesLeft = Math.max(0, maxTries - lock.tries - 1)
      if (triesLeft === 0) await erase()
      return { open: false, triesLeft }
    }
    await device.write({ [lockName]: { ...lock, tries: 0 } })
    opened = { key, owner }
    return { open: true }
  }

  return {
    get isAvailable() {
      return device !== undefined
    },
    isLocked: () => inTurn(async () => (await lockOf()) !== undefined && opened === undefined),
    open: (owner) =>
      inTurn(async () => {
        if (!device || opened?.owner === owner) return true
        const known = await device.read(ownerName)
        if (known !== owner) {
          await erase()
          await device.write({ [ownerName]: owner })
        }
        if (await lockOf()) return false
        let key = (await device.read(keyName)) as CryptoKey | undefined
        if (!key) {
          key = await newKey()
          await device.write({ [keyName]: key })
        }
        opened = { key, owner }
        return true
      }),
    deviceKey: () => inTurn(async () => (await byDevice())?.key),
    unlockByDevice: (secret) =>
      inTurn(async () => {
        const sealed = await byDevice()
        const owner = (await device?.read(ownerName)) as string
        const passcode = await openWith(
          { key: await keyOfSecret(secret), owner },
          deviceKeyName,
          sealed?.passcode,
        )
        return typeof passcode === 'string' && (await unlock(passcode)).open
      }),
    setDeviceKey: ({ secret, ...key }, passcode) =>
      inTurn(async () => {
        if (!device || !opened) throw new Error('the storage is locked')
        const { owner } = opened
        const sealed = await sealWith({ key: await keyOfSecret(secret), owner }, deviceKeyName, passcode)
        await device.write({ [deviceKeyName]: { key, passcode: sealed } satisfies ByDevice })
      }),
    removeDeviceKey: () => inTurn(async () => device?.write({ [deviceKeyName]: undefined })),
    unlock: (passcode) => inTurn(() => unlock(passcode)),
    close: () => (opened = undefined),
    setPasscode: (passcode) =>
      inTurn(async () => {
        if (!opened) throw new Error('the storage is locked')
        const salt = crypto.getRandomValues(new Uint8Array(16))
        const key = await keyFrom(passcode, { salt, rounds: pbkdf2Iterations })
        const check = await sealWith({ key, owner: opened.owner }, lockName, true)
        const lock: Lock = { salt, rounds: pbkdf2Iterations, check, tries: 0 }
        await changeKey(key, { [lockName]: lock, [keyName]: undefined, [deviceKeyName]: undefined })
      }),
    removePasscode: () =>
      inTurn(async () => {
        const key = await newKey()
        await changeKey(key, { [lockName]: undefined, [keyName]: key, [deviceKeyName]: undefined })
      }),
    write: (name, value) =>
      inTurn(async () => {
        if (device && opened) await device.write({ [name]: await sealWith(opened, name, value) })
      }),
    read: <T>(name: string) =>
      inTurn(async () => {
        if (!device || !opened) return undefined
        return (await openWith(opened, name, await device.read(name))) as T | undefined
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

/** The secret is random already: it needs no rounds. */
async function keyOfSecret(secret: ArrayBuffer): Promise<CryptoKey> {
  const own = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey'])
  const info = new TextEncoder().encode('bahi device lock')
  const how = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(32), info }
  return crypto.subtle.deriveKey(how, own, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
}

type Unsealed = { key: CryptoKey; owner: string }

/** Owner and name are authenticated: a value copied to another name or owner does not open. */
const additionalData = ({ owner }: Unsealed, name: string) =>
  new TextEncoder().encode(`bahi 1 ${owner} ${name}`)

async function sealWith(opened: Unsealed, name: string, value: unknown): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(12))
  const how = { name: 'AES-GCM', iv, additionalData: additionalData(opened, name) }
  const plain = new TextEncoder().encode(JSON.stringify(value))
  return { iv, body: await crypto.subtle.encrypt(how, opened.key, plain) }
}

async function openWith(opened: Unsealed, name: string, sealed: unknown): Promise<unknown> {
  if (sealed === undefined) return undefined
  const { iv, body } = sealed as Sealed
  try {
    const how = { name: 'AES-GCM', iv, additionalData: additionalData(opened, name) }
    return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(how, opened.key, body))) as unknown
  } catch {
    return undefined
  }
}
