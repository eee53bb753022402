// Device storage in IndexedDB. Where the browser has none, nothing is stored and the app works all the same.
import { createStore, promisifyRequest, type UseStore } from 'idb-keyval'

/** Values by name. `write` is atomic; a value of undefined deletes the name. */
export type DeviceStorage = {
  read(name: string): Promise<unknown>
  names(): Promise<string[]>
  write(changes: Record<string, unknown>): Promise<void>
  clear(): Promise<void>
}

/** Undefined where the browser has none, or refuses it: only its use shows that. */
export async function openDeviceStorage(): Promise<DeviceStorage | undefined> {
  if (!globalThis.crypto?.subtle) return undefined
  try {
    const storage = storageIn(createStore('bahi', 'kept'))
    await storage.names()
    return storage
  } catch {
    return undefined
  }
}

function storageIn(use: UseStore): DeviceStorage {
  return {
    read: (name) => use('readonly', (store) => promisifyRequest(store.get(name) as IDBRequest<unknown>)),
    names: async () => (await use('readonly', (store) => promisifyRequest(store.getAllKeys()))).map(String),
    write: (changes) =>
      use('readwrite', (store) => {
        for (const [name, value] of Object.entries(changes)) {
          if (value === undefined) store.delete(name)
          else store.put(value, name)
        }
        return promisifyRequest(store.transaction)
      }),
    clear: () =>
      use('readwrite', (store) => {
        store.clear()
        return promisifyRequest(store.transaction)
      }),
  }
}

/** For tests: forgotten with the page. */
export function memoryStorage(): DeviceStorage {
  const all = new Map<string, unknown>()
  return {
    read: (name) => Promise.resolve(all.get(name)),
    names: () => Promise.resolve([...all.keys()]),
    write(changes) {
      for (const [name, value] of Object.entries(changes)) {
        if (value === undefined) all.delete(name)
        else all.set(name, value)
      }
      return Promise.resolve()
    },
    clear: () => Promise.resolve(all.clear()),
  }
}
