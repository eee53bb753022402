// Web push, from a payment to the notification that a browser shows, in its own service worker. There is no push
// service here: `PushManager` is stood in for, and DevTools hand the worker what our services had sent to one.
import { changeMe } from '@bahi/contracts/user.ts'
import { pay } from '@bahi/platform/api-client.ts'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startBrowserPlatform, t, type BrowserPlatform } from './browser.ts'
import { startPushService, type PushService } from './push-service.ts'

type Shown = { title: string; body: string; path: string }

describe.skipIf(inject('chromium') === '')('push messages', () => {
  let service: PushService
  let platform: BrowserPlatform
  beforeAll(async () => {
    service = await startPushService()
    platform = await startBrowserPlatform({ BAHI_PUSH_HOSTS: service.origin })
  })
  afterAll(async () => {
    await platform.stop()
    service.stop()
  })

  it.each(['en', 'hi'] as const)(
    'are shown without amount and name, and lead to the payment: %s',
    async (language) => {
      const [asha, ravi] = [await platform.customer(), await platform.customer()]
      await asha.call(changeMe, { body: { language } })
      const visit = await platform.visit({ notifications: true, language })
      const { page, context } = visit
      await service.takeSubscriptionsOf(context)
      await visit.signInAs(asha)
      const devtools = await context.newCDPSession(page)
      const registered = new Promise<string>((resolve) => {
        devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations: [one] }) => {
          if (one) resolve(one.registrationId)
        })
      })
      await devtools.send('ServiceWorker.enable')
      await page.goto('/profile')
      await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
      // From the second start on the worker is the page's.
      await page.goto('/profile')
      await page.getByRole('switch', { name: t('profile.push', {}, language) }).click()
      await page.getByRole('switch', { name: t('profile.push', {}, language), checked: true }).waitFor()

      const { id } = await pay(ravi, { payeeVpa: asha.vpa, amountPaise: 271_00, note: 'marzipan' })
      // Others may have come: that somebody signed in, say.
      const sent = () => service.received.find((text) => text.includes(id))
      await expect.poll(sent).toBeDefined()
      const [worker] = context.serviceWorkers()
      // Who asks for notifications before one is there takes it away: the browser compares its list with the screen.
      await worker!.evaluate(`{
      const show = ServiceWorkerRegistration.prototype.showNotification
      ServiceWorkerRegistration.prototype.showNotification = function (...args) {
        return show.apply(this, args).then(() => void (self.isShown = true))
      }
    }`)
      await devtools.send('ServiceWorker.deliverPushMessage', {
        origin: new URL(platform.url).href,
        registrationId: await registered,
        data: sent()!,
      })
      await expect.poll(() => worker!.evaluate('self.isShown')).toBe(true)
      const shown = () =>
        page.evaluate(async () => {
          const found = await (await navigator.serviceWorker.ready).getNotifications()
          return found.map(({ title, body, data }) => ({
            title,
            body,
            path: (data as { path: string }).path,
          }))
        })
      const all = await shown()
      expect(all).toHaveLength(1)
      const [{ title, body, path }] = all as [Shown]
      expect({ title, path }).toEqual({
        title: language === 'en' ? 'You received money' : 'आपको पैसे मिले',
        path: `/payments/${id}`,
      })
      expect(title + body).not.toMatch(/[0-9०-९₹]|marzipan/)
      for (const word of ravi.name.split(' ')) expect(title + body).not.toContain(word)

      // A click that no person made may not focus a window: that alone is stood in for.
      await worker!.evaluate(`(async () => {
      WindowClient.prototype.focus = function () { return Promise.resolve(this) }
      const [notification] = await registration.getNotifications()
      dispatchEvent(new NotificationEvent('notificationclick', { notification }))
    })()`)
      await page.waitForURL(`**/payments/${id}`)
      await page.getByText('₹271.00').first().waitFor()
      expect(await shown()).toEqual([])
      expect(visit.faults).toEqual([])
      await visit.close()
    },
  )
})
