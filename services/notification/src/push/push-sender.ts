// Sends push messages to the push services of browsers: encrypted for the browser (RFC 8291), signed as ours (VAPID).
import { createECDH, ECDH } from 'node:crypto'
import { listOf } from '@bahi/kit/runtime/list-of.ts'
import webPush from 'web-push'
import { checkTaken, post, type Receiver } from '../carriers/post.ts'
import type { ServiceDeps } from '../config.ts'

// A message that is refused for its subscription, its size or its signature is refused again.
const receiver: Receiver = {
  name: 'the push service',
  isFinal: (status) => status >= 400 && status < 500 && status !== 408 && status !== 429,
}
/** How long a push service keeps a message for a browser that is away. */
const ttlS = 24 * 3_600

export type PushSubscription = { endpoint: string; keys: { p256dh: string; auth: string } }

export type PushSender = {
  publicKey: string
  /** Whether it is the address of a push service that we know. */
  knows(endpoint: string): boolean
  /**
   * `gone`: the browser has unsubscribed, and nothing will arrive there any more. Throws `unavailable` for what may
   * succeed later, `request-invalid` for what is refused for good. A message with the id of one that still waits
   * replaces it.
   */
  send(to: PushSubscription, id: string, payload: object): Promise<'sent' | 'gone'>
}

/** Undefined without a key. Throws at start for a key that is none. */
export function createPushSender({ config }: Pick<ServiceDeps, 'config'>): PushSender | undefined {
  if (config.BAHI_VAPID_KEY === '') return undefined
  const { privateKey, publicKey } = keyPairIn(config.BAHI_VAPID_KEY)
  const vapidDetails = { subject: config.BAHI_VAPID_SUBJECT, privateKey, publicKey }
  const hosts = listOf(config.BAHI_PUSH_HOSTS)
  const knows = (endpoint: string) => isOf(endpoint, hosts)
  return {
    publicKey,
    knows,
    async send(to, id, payload) {
      // A host that was taken from the list since.
      if (!knows(to.endpoint)) return 'gone'
      const { endpoint, headers, body } = webPush.generateRequestDetails(to, JSON.stringify(payload), {
        vapidDetails,
        TTL: ttlS,
        urgency: 'high',
        topic: id.replaceAll('-', ''),
      })
      const status = await post(receiver, endpoint, {
        headers: headers as Record<string, string>,
        body: new Uint8Array(body!),
      })
      if (status === 404 || status === 410) return 'gone'
      checkTaken(receiver, status)
      return 'sent'
    },
  }
}

/** Whether a browser's key is one that a message can be encrypted for: an uncompressed point of P-256. */
export function isPoint(p256dh: string): boolean {
  const point = Buffer.from(p256dh, 'base64url')
  try {
    return point.equals(ECDH.convertKey(point, 'prime256v1') as Buffer)
  } catch {
    return false
  }
}

/** `*.example` is every host below it; `http://127.0.0.1:9000` that origin alone, also without TLS, for tests. */
function isOf(endpoint: string, hosts: string[]): boolean {
  if (!URL.canParse(endpoint)) return false
  const url = new URL(endpoint)
  if (url.username !== '' || url.password !== '') return false
  if (hosts.includes(url.origin)) return true
  if (url.protocol !== 'https:' || url.port !== '') return false
  return hosts.some((host) =>
    host.startsWith('*.') ? url.hostname.endsWith(host.slice(1)) : url.hostname === host,
  )
}

function keyPairIn(jwk: string): { privateKey: string; publicKey: string } {
  try {
    const { d } = JSON.parse(jwk) as { d: string }
    const pair = createECDH('prime256v1')
    pair.setPrivateKey(Buffer.from(d, 'base64url'))
    return { privateKey: d, publicKey: pair.getPublicKey().toString('base64url') }
  } catch {
    throw new Error('BAHI_VAPID_KEY is no private key of P-256 as a JWK')
  }
}
