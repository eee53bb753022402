// Small settings of this device by name: in the browser's local storage, or in memory where it allows none.

const inMemory = new Map<string, string>()

/** Where site data is blocked, the mere name of the storage throws. */
export function readSetting(name: string): string | undefined {
  try {
    return localStorage.getItem(name) ?? inMemory.get(name)
  } catch {
    return inMemory.get(name)
  }
}

export function writeSetting(name: string, value: string): void {
  try {
    localStorage.setItem(name, value)
    inMemory.delete(name)
  } catch {
    inMemory.set(name, value)
  }
}

export function deleteSetting(name: string): void {
  inMemory.delete(name)
  try {
    localStorage.removeItem(name)
  } catch {
    // Nothing was kept.
  }
}

export function settingNames(): string[] {
  try {
    return [...Object.keys(localStorage), ...inMemory.keys()]
  } catch {
    return [...inMemory.keys()]
  }
}

/** True where nothing is kept when the page closes, not even who is signed in: it works until then. */
export function isSiteDataBlocked(): boolean {
  const name = 'bahi.probe'
  try {
    localStorage.setItem(name, '1')
    localStorage.removeItem(name)
    return !navigator.cookieEnabled
  } catch {
    return true
  }
}
