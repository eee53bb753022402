// Settings of the device, and a browser that keeps none.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { deleteSetting, isSiteDataBlocked, readSetting, settingNames, writeSetting } from './settings.ts'

const denied = () => {
  throw new DOMException('Access is denied for this document.', 'SecurityError')
}
const broken: [string, () => unknown][] = [
  ['throws at its name', denied],
  ['is null, as in some web views', () => null],
  ['is full', () => ({ getItem: () => null, setItem: denied, removeItem: () => undefined })],
]

beforeEach(() => {
  for (const name of settingNames()) deleteSetting(name)
})
afterEach(() => {
  vi.restoreAllMocks()
  localStorage.clear()
})

describe('settings', () => {
  it('are kept by the browser', () => {
    writeSetting('bahi.a', '1')
    expect([readSetting('bahi.a'), localStorage.getItem('bahi.a'), isSiteDataBlocked()]).toEqual([
      '1',
      '1',
      false,
    ])
    deleteSetting('bahi.a')
    expect([readSetting('bahi.a'), settingNames()]).toEqual([undefined, []])
  })

  it.each(broken)('live as long as the page where the storage %s', (_, get) => {
    vi.spyOn(window, 'localStorage', 'get').mockImplementation(get as () => Storage)
    expect(isSiteDataBlocked()).toBe(true)
    writeSetting('bahi.a', '1')
    expect([readSetting('bahi.a'), readSetting('bahi.b')]).toEqual(['1', undefined])
    expect(settingNames()).toContain('bahi.a')
    deleteSetting('bahi.a')
    expect(readSetting('bahi.a')).toBeUndefined()
  })
})
