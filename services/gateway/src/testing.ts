// For the gateway's tests: a gateway on a real port, stubs of the services behind it, tokens of all kinds.
import { recordActs, type Act } from '@bahi/contracts/acts.ts'
import type { ServiceName } from '@bahi/contracts/contract.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import type { Role } from '@bahi/contracts/permissions.ts'
import type { AuthMethod } from '@bahi/contracts/second-factor-rules.ts'
import { Problem, toDocument } from '@bahi/contracts/problem.ts'
import { memoryBus } from '@bahi/kit/bus/memory-bus.ts'
import type { Bus, CloudEvent } from '@bahi/kit/bus/bus.ts'
import { systemClock, type Clock } from '@bahi/kit/clock.ts'
import { testPlatform, type TestOptions, type TestPlatform } from '@bahi/testing/platform.ts'
import type { TransportRequest, TransportResponse } from '@bahi/kit/transport/transport.ts'
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTPayload } from 'jose'
import { Readable } from 'node:stream'
import { service } from './app.ts'

export type ForwardedRequest = TransportRequest & { service: ServiceName }
export type StubService = (request: ForwardedRequest) => Promise<TransportResponse> | TransportResponse

export type Signer = { kid: string; key: CryptoKey; public: JWK }

export type TestGateway = {
  platform: TestPlatform
  bus: Bus
  url: string
  fetch(path: string, init?: RequestInit): Promise<Response>
  /** The requests forwarded so far, without those for signing keys. */
  forwarded: ForwardedRequest[]
  /** What auth says of a session's roles; until a test changes it, what its token says. */
  sessions: Map<string, Role[] | 'ended'>
  /** How a session was authenticated; with a second factor until a test changes it. */
  amr: Map<string, AuthMethod[]>
  /** What was reported to audit. */
  acts: Act[]
  /** How the stubs respond from now on. */
  stubs: { service: StubService; keys: StubService; acts: StubService }
  /** The keys that auth publishes now. */
  published: Signer[]
  signer: Signer
  /** A valid token, with these claims and options changed. */
  token(claims?: JWTPayload, other?: TokenOptions): Promise<string>
  stop(): Promise<void>
}

export type TokenOptions = {
  signer?: Signer
  header?: Record<string, unknown>
  lifeS?: number
}

export async function newSigner(kid: string = uuidv7()): Promise<Signer> {
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  const jwk = await exportJWK(pair.publicKey)
  return { kid, key: pair.privateKey, public: { ...jwk, kid, alg: 'EdDSA', use: 'sig' } }
}

/** For tests that do not test rate limits. */
const highLimits = {
  BAHI_RATE_PERSON: '100000:100000',
  BAHI_RATE_DEVICE: '100000:100000',
  BAHI_RATE_ADDRESS: '100000:100000',
  BAHI_RATE_SIGN_IN: '100000:100000',
  BAHI_RATE_FILES: '100000:100000',
}

export async function startGateway(
  adminUrl: string,
  options: Partial<TestOptions> = {},
): Promise<TestGateway> {
  const clock = options.clock ?? systemClock
  const bus = options.bus ?? memoryBus({ clock })
  const signer = await newSigner()
  const forwarded: ForwardedRequest[] = []
  const published = [signer]
  const sessions: TestGateway['sessions'] = new Map()
  const amr: TestGateway['amr'] = new Map()
  const rolesNow = (sessionId: string): TransportResponse => {
    const roles = sessions.get(sessionId)
    if (roles === undefined || roles === 'ended') return json(toDocument(new Problem('not-found')), 404)
    return json({ roles, amr: amr.get(sessionId) ?? ['pwd', 'otp', 'mfa'] })
  }
  const acts: Act[] = []
  const stubs: TestGateway['stubs'] = {
    acts({ body }) {
      const reported = (JSON.parse(String(body)) as { acts: Act[] }).acts
      acts.push(...reported)
      return json({ recorded: reported.length }, 202)
    },
    service: () => json({ fine: true }),
    keys: () => json({ keys: published.map((key) => key.public) }),
  }
  const platform = await testPlatform(adminUrl, {
    ...options,
    services: [service],
    env: { ...highLimits, ...options.env },
    bus,
    clock,
    stubs: async (name, request) => {
      const received = { ...request, service: name }
      // Forwarded requests have an abort signal; the gateway's own requests have none.
      if (request.path === '/v1/auth/jwks' && !request.signal) return stubs.keys(received)
      const [, sessionId] = /^\/internal\/auth\/sessions\/(.+)\/roles$/.exec(request.path) ?? []
      if (sessionId !== undefined) return rolesNow(sessionId)
      if (request.path === recordActs.url) return stubs.acts(received)
      forwarded.push(received)
      return stubs.service(received)
    },
  })
  const url = await platform.listen('gateway', 0)
  return {
    platform,
    bus,
    url,
    fetch: (path, init) => fetch(url + path, init),
    forwarded,
    sessions,
    amr,
    acts,
    stubs,
    published,
    signer,
    async token(claims = {}, other = {}) {
      const { kid, key } = other.signer ?? signer
      const nowS = Math.floor(clock.now().getTime() / 1000)
      const sid = (claims['sid'] as string | undefined) ?? uuidv7()
      const roles = (claims['roles'] as Role[] | undefined) ?? ['customer']
      sessions.set(sid, sessions.get(sid) ?? roles)
      return new SignJWT({
        iss: 'https://bahi.local',
        aud: 'bahi',
        sub: uuidv7(),
        sid,
        did: 'phone-1',
        roles,
        iat: nowS,
        exp: nowS + (other.lifeS ?? 900),
        ...claims,
      })
        .setProtectedHeader({ alg: 'EdDSA', kid, typ: 'at+jwt', ...other.header })
        .sign(key)
    },
    stop: () => platform.stop(),
  }
}

export function json(value: unknown, status = 200, headers: Record<string, string> = {}): TransportResponse {
  const body = Buffer.from(JSON.stringify(value))
  return {
    status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(body.length),
      ...headers,
    },
    body: Readable.from([body]),
  }
}

export function unreachable(): never {
  throw new Problem('unavailable', 'cannot be reached', { retryAfterS: 1 })
}

export const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` })

/** A clock that a test advances; sleeping takes real time. */
export function movableClock(): Clock & { advance(ms: number): void } {
  let aheadMs = 0
  return {
    now: () => new Date(Date.now() + aheadMs),
    sleep: systemClock.sleep,
    advance: (ms) => void (aheadMs += ms),
  }
}

export function eventOf(type: string, data: Record<string, unknown>): CloudEvent {
  return {
    specversion: '1.0',
    id: uuidv7(),
    source: `/${type.split('.')[0]}`,
    type,
    subject: uuidv7(),
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    bahiversion: 1,
    bahiseq: 1,
    data,
  }
}
