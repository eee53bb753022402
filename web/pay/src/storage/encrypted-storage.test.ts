// Encrypted storage: opens for its owner and with the right passcode only; too many wrong ones erase it.
import { beforeEach, describe, expect, it } from 'vitest'
import { memoryStorage, type DeviceStorage } from './device-storage.ts'
import { createEncryptedStorage, maxTries, type EncryptedStorage } from './encrypted-storage.ts'

const asha = '018f3a00-0000-7000-8000-000000000001'
const ravi = '018f3a00-0000-7000-8000-000000000002'
const seen = { name: 'Asha Rao', amounts: [25_000], text: 'चाय ₹ 😀' }

let device: DeviceStorage
let storage: EncryptedStorage
beforeEach(async () => {
  device = memoryStorage()
  storage = createEncryptedStorage(Promise.resolve(device))
  await storage.open(asha)
  await storage.write('seen', seen)
})
/** As after closing the app. */
const later = () => createEncryptedStorage(Promise.resolve(device))

describe('without a passcode', () => {
  it('reads what was written, after a restart too, and nothing else', async () => {
    const other = later()
    expect(await other.isLocked()).toBe(false)
    expect(await other.open(asha)).toBe(true)
    expect(await other.read('seen')).toEqual(seen)
    expect(await other.read('unseen')).toBeUndefined()
  })

  it('stores no plain text, and a key that cannot be exported', async () => {
    const sealed = (await device.read('seen')) as { body: ArrayBuffer }
    expect(Buffer.from(sealed.body).toString('latin1')).not.toContain('Asha')
    const key = (await device.read('.key')) as CryptoKey
    expect(key.extractable).toBe(false)
    await expect(crypto.subtle.exportKey('raw', key)).rejects.toThrow()
  })

  it('reads and writes nothing before it is opened', async () => {
    const closed = later()
    expect(await closed.read('seen')).toBeUndefined()
    await closed.write('seen', 'changed')
    await closed.open(asha)
    expect(await closed.read('seen')).toEqual(seen)
  })

  it('is erased for another owner, and stays erased for the first', async () => {
    const other = later()
    await other.open(ravi)
    expect(await other.read('seen')).toBeUndefined()
    await other.open(asha)
    expect(await other.read('seen')).toBeUndefined()
  })

  it('opens nothing that was moved to another name', async () => {
    await device.write({ other: await device.read('seen') })
    expect(await storage.read('other')).toBeUndefined()
  })
})

describe('with a passcode', () => {
  beforeEach(() => storage.setPasscode('482913'))

  it('stays open, and is locked after a restart', async () => {
    expect(await storage.read('seen')).toEqual(seen)
    const other = later()
    expect(await other.isLocked()).toBe(true)
    expect(await other.open(asha)).toBe(false)
    expect(await other.read('seen')).toBeUndefined()
    expect(await device.read('.key')).toBeUndefined()
  })

  it('opens under the right one, and the count of wrong ones begins anew', async () => {
    const other = later()
    expect(await other.unlock('111222')).toEqual({ open: false, triesLeft: maxTries - 1 })
    expect(await other.unlock('482913')).toEqual({ open: true })
    expect(await other.read('seen')).toEqual(seen)
    expect(await later().unlock('111222')).toEqual({ open: false, triesLeft: maxTries - 1 })
  })

  it('counts wrong ones over restarts, erases everything at the last, and then opens under none', async () => {
    for (let left = maxTries - 1; left >= 0; left--) {
      expect(await later().unlock('111222')).toEqual({ open: false, triesLeft: left })
    }
    expect(await device.names()).toEqual([])
    const other = later()
    expect(await other.isLocked()).toBe(false)
    await other.open(asha)
    expect(await other.read('seen')).toBeUndefined()
  })

  it('changes to another one, under which alone it opens', async () => {
    await storage.setPasscode('730164')
    expect(await later().unlock('482913')).toMatchObject({ open: false })
    const other = later()
    expect(await other.unlock('730164')).toEqual({ open: true })
    expect(await other.read('seen')).toEqual(seen)
  })

  it('is open again without one', async () => {
    await storage.removePasscode()
    const other = later()
    expect(await other.isLocked()).toBe(false)
    await other.open(asha)
    expect(await other.read('seen')).toEqual(seen)
  })

  it('loses nothing that is kept while the key changes', async () => {
    await Promise.all([storage.write('a', 1), storage.setPasscode('730164'), storage.write('b', 2)])
    const other = later()
    await other.unlock('730164')
    expect([await other.read('a'), await other.read('b')]).toEqual([1, 2])
  })
})

describe('with a key of this device beside the passcode', () => {
  const secret = (first: number) => new Uint8Array(32).fill(first).buffer
  const key = { id: new Uint8Array([1, 2, 3]), salt: new Uint8Array(32).fill(9) }
  beforeEach(async () => {
    await storage.setPasscode('482913')
    await storage.setDeviceKey({ ...key, secret: secret(1) }, '482913')
  })

  it('opens by its secret, by the passcode, and by nothing else', async () => {
    const other = later()
    expect(await other.deviceKey()).toEqual(key)
    expect(await other.unlockByDevice(secret(2))).toBe(false)
    expect(await other.read('seen')).toBeUndefined()
    // Only the passcode has cost a try.
    expect(await other.unlock('111222')).toEqual({ open: false, triesLeft: maxTries - 1 })
    expect(await other.unlockByDevice(secret(1))).toBe(true)
    expect(await other.read('seen')).toEqual(seen)
    expect(await later().unlock('482913')).toEqual({ open: true })
    const stored = JSON.stringify(await device.read('.device-key'))
    expect(stored).not.toContain('482913')
  })

  it.each([
    ['the passcode is changed', () => storage.setPasscode('111333')],
    ['the passcode is taken away', () => storage.removePasscode()],
    ['it is taken away itself', () => storage.removeDeviceKey()],
    ['everything is erased', () => storage.erase()],
  ])('is gone once %s', async (_, change) => {
    await change()
    const other = later()
    expect(await other.deviceKey()).toBeUndefined()
    expect(await other.unlockByDevice(secret(1))).toBe(false)
  })
})

it('without device storage everything works and nothing is stored', async () => {
  const none = createEncryptedStorage(Promise.resolve(undefined))
  expect(none.isAvailable).toBe(false)
  expect(await none.open(asha)).toBe(true)
  await none.write('seen', seen)
  expect(await none.read('seen')).toBeUndefined()
  expect(await none.isLocked()).toBe(false)
  await none.erase()
})
