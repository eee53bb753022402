// Signs somebody in without a form, on the device that they registered with: its key goes into the browser.
import type { BrowserContext } from 'playwright-core'
import type { SignedInPerson } from '@bahi/platform/api-client.ts'

type Who = Pick<SignedInPerson, 'phone' | 'password' | 'deviceId' | 'key'>

/** The app is not open yet, and finds the person signed in when it is. */
export async function signInBrowser(
  context: BrowserContext,
  baseUrl: string,
  { phone, password, deviceId, key }: Who,
): Promise<void> {
  if (!key) throw new Error('a browser has a key')
  const url = new URL('/v1/auth/login', baseUrl).href
  const send = () =>
    context.request.post(url, {
      headers: { 'x-bahi-session': 'cookie', dpop: key.proof({ method: 'POST', url }) },
      data: { phone, password, device: { id: deviceId, name: 'A phone' } },
    })
  let response = await send()
  if (response.headers()['www-authenticate']?.startsWith('DPoP')) {
    // A test may have moved the services' clock.
    key.learnTime(response.headers()['date'] ?? null)
    response = await send()
  }
  if (!response.ok()) throw new Error(await response.text())
  const { userId } = (await response.json()) as { userId: string }
  const page = await context.newPage()
  // An empty page of the app's origin: to start the app here, only to leave it, takes most of a second of CPU.
  await page.route('**', (route) => route.fulfill({ contentType: 'text/html', body: '' }))
  await page.goto(baseUrl)
  await page.evaluate(
    async ({ deviceId, userId, jwk }) => {
      localStorage.setItem('bahi.device', deviceId)
      localStorage.setItem('bahi.signed-in', userId)
      const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
      const { d, ...open } = jwk
      const pair = {
        publicKey: await crypto.subtle.importKey('jwk', open, algorithm, true, ['verify']),
        privateKey: await crypto.subtle.importKey('jwk', { ...open, d: d! }, algorithm, false, ['sign']),
      }
      await new Promise<void>((done, failed) => {
        const opening = indexedDB.open('bahi-device')
        opening.onupgradeneeded = () => opening.result.createObjectStore('keys')
        opening.onerror = () => failed(new Error('no storage'))
        opening.onsuccess = () => {
          const change = opening.result.transaction('keys', 'readwrite')
          change.objectStore('keys').put(pair, 'key')
          change.oncomplete = () => {
            opening.result.close()
            done()
          }
        }
      })
    },
    { deviceId, userId, jwk: key.privateJwk },
  )
  await page.close()
}
