// This browser's device id and name: the id is made once, stored, and known to nobody else.
import { readSetting, writeSetting } from '@bahi/web-ui/browser/settings.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'

const key = 'bahi.device'

export function thisDevice(): { id: string; name: string } {
  let id = readSetting(key)
  if (!id) {
    id = uuidv7()
    writeSetting(key, id)
  }
  return { id, name: browserName(navigator.userAgent) }
}

/** `Chrome on Android`: for the list of devices. */
export function browserName(agent: string): string {
  const browser = [/Edg\//, /Firefox\//, /SamsungBrowser\//, /Chrome\//, /Safari\//]
  const names = ['Edge', 'Firefox', 'Samsung Internet', 'Chrome', 'Safari']
  const systems: [RegExp, string][] = [
    [/Android/, 'Android'],
    [/iPhone|iPad/, 'iOS'],
    [/Windows/, 'Windows'],
    [/Mac OS/, 'macOS'],
    [/Linux/, 'Linux'],
  ]
  const which = names[browser.findIndex((one) => one.test(agent))] ?? 'Browser'
  const where = systems.find(([one]) => one.test(agent))?.[1]
  return where ? `${which} on ${where}` : which
}
