// Stands in for the push service of a browser, of which there is none here: it takes what our services send for one
// browser, opens it as that browser would (RFC 8291), and the page subscribes at it.
import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { BrowserContext } from 'playwright-core'

export type PushService = {
  origin: string
  /** Pages of this browser that subscribe do it here. */
  takeSubscriptionsOf(context: BrowserContext): Promise<void>
  /** What came for it, as the browser hands it to the service worker. */
  received: string[]
  stop(): void
}

export async function startPushService(): Promise<PushService> {
  const received: string[] = []
  const [pair, auth] = [createECDH('prime256v1'), randomBytes(16)]
  pair.generateKeys()
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      received.push(openedBy(pair, auth, Buffer.concat(chunks)))
      response.writeHead(201).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const keys = { p256dh: pair.getPublicKey('base64url'), auth: auth.toString('base64url') }
  return {
    origin,
    received,
    async takeSubscriptionsOf(context) {
      await context.addInitScript(subscribeAt, { endpoint: `${origin}/phone`, keys })
    },
    stop: () => void server.close(),
  }
}

/** In the page. */
function subscribeAt(json: { endpoint: string; keys: { p256dh: string; auth: string } }): void {
  const subscription = { toJSON: () => json, unsubscribe: () => Promise.resolve(true) }
  let current: typeof subscription | null = null
  Object.assign(PushManager.prototype, {
    subscribe: () => Promise.resolve((current = subscription)),
    getSubscription: () => Promise.resolve(current),
  })
}

/** The text in a message of the content coding `aes128gcm`, in one record. */
function openedBy(pair: ReturnType<typeof createECDH>, auth: Buffer, body: Buffer): string {
  const keyEnd = 21 + body[20]!
  const [salt, sender, sealed] = [body.subarray(0, 16), body.subarray(21, keyEnd), body.subarray(keyEnd)]
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), pair.getPublicKey(), sender])
  const secret = Buffer.from(hkdfSync('sha256', pair.computeSecret(sender), auth, info, 32))
  const derived = (what: string, length: number) =>
    Buffer.from(hkdfSync('sha256', secret, salt, `Content-Encoding: ${what}\0`, length))
  const decipher = createDecipheriv('aes-128-gcm', derived('aes128gcm', 16), derived('nonce', 12))
  decipher.setAuthTag(sealed.subarray(-16))
  const plain = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()])
  // Padding follows the byte 2.
  return plain.subarray(0, plain.lastIndexOf(2)).toString('utf8')
}
