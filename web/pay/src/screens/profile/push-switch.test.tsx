// Push messages on this device: taken after the browser's person allowed it, and not any more.
import { logout } from '@bahi/contracts/auth.ts'
import { showPreferences } from '@bahi/contracts/notification.ts'
import { pushKey, subscribeToPush, unsubscribeFromPush } from '@bahi/contracts/push.ts'
import { listMessages } from '@bahi/contracts/notification.ts'
import { listContacts } from '@bahi/contracts/contacts.ts'
import { screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { newQueryClient } from '../../api/query-client.ts'
import { logOut } from '../../session/session-lifecycle.ts'
import { storage } from '../../storage/storage.ts'
import { callsOf, openApp, stub } from '../../testing.tsx'

const keys = { p256dh: 'B'.repeat(87), auth: 'A'.repeat(22) }
const endpoint = 'https://push.example/1'
let subscribed: boolean

/** A browser with push, whose person answers so when asked. */
function stubBrowser(permission: NotificationPermission, answer: NotificationPermission = permission): void {
  const subscription = {
    toJSON: () => ({ endpoint, keys }),
    unsubscribe: () => Promise.resolve((subscribed = false)),
  }
  const pushManager = {
    getSubscription: () => Promise.resolve(subscribed ? subscription : null),
    subscribe: () => Promise.resolve(((subscribed = true), subscription)),
  }
  vi.stubGlobal('PushManager', () => undefined)
  vi.stubGlobal('Notification', { permission, requestPermission: () => Promise.resolve(answer) })
  Object.defineProperty(navigator, 'serviceWorker', {
    configurable: true,
    value: { getRegistration: () => Promise.resolve({ pushManager }) },
  })
}

beforeEach(() => {
  subscribed = false
  stub(showPreferences, () => ({ sms: true, email: false, live: true, muted: {} }))
  stub(listContacts, () => ({ contacts: [] }))
  stub(listMessages, () => ({ notifications: [], unread: 0 }))
  stub(pushKey, () => ({ key: 'B'.repeat(87) }))
  stub(subscribeToPush, () => null as never)
  stub(unsubscribeFromPush, () => null as never)
})
afterEach(() => Reflect.deleteProperty(navigator, 'serviceWorker'))

const isOn = () => screen.getByRole('switch', { name: /On this device/ }).getAttribute('aria-checked')

test('it is switched on and off', async () => {
  stubBrowser('default', 'granted')
  const { user } = await openApp('/profile')
  await user.click(await screen.findByRole('switch', { name: /On this device/ }))
  await expect.poll(() => callsOf(subscribeToPush)).toEqual([{ body: { endpoint, keys } }])
  await expect.poll(() => isOn()).toBe('true')
  await user.click(screen.getByRole('switch', { name: /On this device/ }))
  await expect.poll(() => callsOf(unsubscribeFromPush)).toHaveLength(1)
  expect(subscribed).toBe(false)
})

test('a browser that took messages before a new sign-in takes them for this session', async () => {
  subscribed = true
  stubBrowser('granted')
  await openApp('/profile')
  await screen.findByRole('switch', { name: /On this device/ })
  expect(callsOf(subscribeToPush)).toHaveLength(1)
})

test('it cannot be switched on where the browser blocks it, and is not shown where there is none', async () => {
  stubBrowser('denied')
  await openApp('/profile')
  expect(await screen.findByText(/Your browser blocks/)).toBeTruthy()
})

test('a log-out whose push cannot be ended waits all the same until the device is erased', async () => {
  stubBrowser('granted')
  Object.defineProperty(navigator, 'serviceWorker', {
    configurable: true,
    value: { getRegistration: () => Promise.reject(new Error('no service worker')) },
  })
  stub(logout, () => null as never)
  await openApp('/profile')
  const erasing = Promise.withResolvers<void>()
  const erase = vi.spyOn(storage, 'erase').mockReturnValue(erasing.promise)
  let hasEnded = false
  const ending = logOut(newQueryClient()).then(() => (hasEnded = true))
  await expect.poll(() => erase.mock.calls).toHaveLength(1)
  await new Promise((resolve) => setTimeout(resolve))
  expect(hasEnded).toBe(false)
  erasing.resolve()
  await ending
  erase.mockRestore()
})
