// The edge of the console: for staff who signed in there, from networks that are allowed, and as long as they use it.
import { healthFacts, PlatformHealth, type ServiceFacts } from '@bahi/contracts/health.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import type { Role } from '@bahi/contracts/permissions.ts'
import { createMetrics } from '@bahi/kit/metrics.ts'
import { metricsText } from '@bahi/kit/metrics-text.ts'
import { freePort } from '@bahi/kit/port.ts'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { Value } from 'typebox/value'
import { bearer, json, movableClock, startGateway, unreachable, type TestGateway } from '../testing.ts'
import { measureBackups } from '../health/read-health.ts'
import { networksOf } from './edge.ts'

const asBrowser = { 'x-bahi-session': 'cookie', 'content-type': 'application/json' }
const clock = movableClock()
let gateway: TestGateway
let url: string
const backupStatus = join(tmpdir(), `${uuidv7()}.json`)
let next: { userId: string; accessToken: string }
beforeAll(async () => {
  const port = await freePort()
  url = `http://127.0.0.1:${port}`
  gateway = await startGateway(inject('postgresUrl'), {
    clock,
    env: {
      ...{ BAHI_CONSOLE_PORT: String(port), BAHI_TRUSTED_PROXIES: '127.0.0.1' },
      BAHI_BACKUP_STATUS: backupStatus,
    },
  })
  gateway.stubs.service = ({ path }) =>
    path.startsWith('/v1/auth/')
      ? json({ ...next, refreshToken: 'token', expiresInS: 600 })
      : json({ fine: true })
})
afterAll(() => gateway.stop())

const at = (path: string, init?: RequestInit) => fetch(url + path, init)

async function signIn(roles: Role[], path = 'login') {
  const [userId, sid] = [uuidv7(), uuidv7()]
  next = { userId, accessToken: await gateway.token({ sub: userId, sid, roles }, { lifeS: 7_200 }) }
  const headers = { ...asBrowser, cookie: 'bahi_console=token' }
  const response = await at(`/v1/auth/${path}`, { method: 'POST', headers, body: '{}' })
  return { response, sid, headers: bearer(next.accessToken) }
}
const grants = (headers: Record<string, string>) => at('/v1/operations/role-grants', { headers })

it('takes staff who signed in there, with a cookie of its own', async () => {
  const { response, headers } = await signIn(['customer', 'administrator'])
  expect(response.status).toBe(200)
  expect(response.headers.get('set-cookie')).toBe(
    'bahi_console=token; Path=/v1/auth; Max-Age=86400; HttpOnly; SameSite=Strict',
  )
  expect(await response.text()).not.toContain('"token"')
  expect((await grants(headers)).status).toBe(200)
  expect((await at('/v1/audit/records', { headers })).status).toBe(403)
  // What customers do is done elsewhere.
  expect((await at('/v1/payments', { headers })).status).toBe(404)
  const bare = await at('/v1/auth/login', { method: 'POST', body: '{}' })
  expect(bare.status).toBe(403)
})

it('gives no token to a person without a staff role', async () => {
  const { response, headers } = await signIn(['customer'])
  expect(response.status).toBe(403)
  expect(response.headers.get('set-cookie')).toContain('bahi_console=; ')
  expect(await response.text()).not.toContain(next.accessToken)
  expect((await at('/v1/me', { headers })).status).toBe(401)
})

it('refuses sessions that were begun elsewhere, and roles that have ended', async () => {
  const elsewhere = bearer(await gateway.token({ roles: ['customer', 'administrator'] }))
  expect((await gateway.fetch('/v1/operations/role-grants', { headers: elsewhere })).status).toBe(200)
  expect((await grants(elsewhere)).status).toBe(401)
  expect((await signIn(['customer', 'administrator'], 'refresh')).response.status).toBe(401)
  const { sid, headers } = await signIn(['customer', 'administrator'])
  gateway.sessions.set(sid, ['customer'])
  expect((await grants(headers)).status).toBe(403)
  expect((await at('/v1/me', { headers })).status).toBe(403)
})

it('lets staff without a second factor do nothing but prove one', async () => {
  const { sid, headers } = await signIn(['customer', 'administrator'])
  gateway.amr.set(sid, ['pwd'])
  const refused = await grants(headers)
  expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([
    ...[403, 'second-factor-required'],
  ])
  expect((await at('/v1/auth/second-factor', { headers })).status).toBe(200)
  const elsewhere = await gateway.fetch('/v1/operations/role-grants', { headers })
  expect(elsewhere.status).toBe(403)
  // What auth says of this moment counts.
  gateway.amr.set(sid, ['pwd', 'otp', 'mfa'])
  expect((await grants(headers)).status).toBe(200)
})

it('shows the health of every service, also while one of them and audit do not answer', async () => {
  const sample = (name: string, value: number, labels = {}) => ({ name, labels, value })
  const ofPayment = [
    sample('bahi_dependency_up', 1, { dependency: 'database' }),
    sample('bahi_dependency_up', 0, { dependency: 'cache' }),
    sample('bahi_payments_pending', 2),
    sample('bahi_payments_pending_oldest_seconds', 90),
    sample('bahi_payments_deemed', 1),
    sample('bahi_payments_recent', 19, { status: 'settled' }),
    sample('bahi_payments_recent', 1, { status: 'failed' }),
    sample('bahi_queue_messages', 3, { queue: 'bahi.payment' }),
    sample('bahi_dead_letters', 1, { queue: 'bahi.payment' }),
    sample('bahi_due_work_waited_seconds', 70, { kind: 'debit' }),
    sample('bahi_due_work_given_up', 1, { kind: 'debit' }),
    sample('bahi_differences_open', 0, { kind: 'late-success' }),
    sample('bahi_differences_open', 4, { kind: 'amount-differs' }),
    sample('bahi_differences_oldest_seconds', 600, { kind: 'amount-differs' }),
  ]
  const facts = (samples: ServiceFacts['samples']) => ({
    ...{ version: '1.2.3', startedAt: '2026-11-27T10:00:00.000Z', samples },
  })
  const asked: string[] = []
  const { service, acts } = gateway.stubs
  const { headers, sid } = await signIn(['customer', 'operator'])
  await writeFile(
    backupStatus,
    JSON.stringify({
      lastSuccessAt: '2026-11-27T01:00:00Z',
      lastVerifiedAt: '?',
      verificationFailedAt: '2026-11-27T02:00:00Z',
    }),
  )
  const metrics = createMetrics('gateway')
  measureBackups(metrics, backupStatus)
  const measured = (await metricsText([metrics])).split('\n').filter((line) => /^bahi_backup/.test(line))
  expect(measured).toEqual([
    'bahi_backup_last_success_timestamp_seconds{service="gateway"} 1795741200',
    'bahi_backup_verification_failed_timestamp_seconds{service="gateway"} 1795744800',
  ])
  gateway.stubs.acts = unreachable
  gateway.stubs.service = ({ path }) => {
    asked.push(path)
    if (path === healthFacts.account.url || path === healthFacts.audit.url) return unreachable()
    return json(facts(path === healthFacts.payment.url ? ofPayment : []))
  }
  const read = () => at('/v1/operations/health', { headers })
  const [first, second] = await Promise.all([read(), read()])
  expect([first.status, second.status, first.headers.get('cache-control')]).toEqual([200, 200, 'no-store'])
  const health = (await first.json()) as PlatformHealth
  expect(await second.json()).toEqual(health)
  expect(asked).toHaveLength(6)
  expect([...Value.Errors(PlatformHealth, health)]).toEqual([])
  expect(health.services.map(({ name, status }) => [name, status])).toEqual([
    ['gateway', 'up'],
    ['auth', 'up'],
    ['user', 'up'],
    ['account', 'down'],
    ['payment', 'degraded'],
    ['notification', 'up'],
    ['audit', 'down'],
  ])
  expect(health).toMatchObject({
    payments: { minutes: 5, settled: 19, failed: 1, pending: 2, pendingOldestS: 90, deemed: 1 },
    queues: [{ name: 'bahi.payment', waiting: 3, deadLetters: 1 }],
    dueWork: [{ service: 'payment', kind: 'debit', lateS: 70, givenUp: 1 }],
    differences: [{ kind: 'amount-differs', open: 4, oldestS: 600 }],
    backup: {
      lastSuccessAt: '2026-11-27T01:00:00.000Z',
      verificationFailedAt: '2026-11-27T02:00:00.000Z',
    },
  })
  expect(health.services.find(({ name }) => name === 'auth')?.since).toBe('2026-11-27T10:00:00.000Z')
  // Nobody answered for these.
  expect([health.audit, health.bookFaults, health.backup?.lastVerifiedAt]).toEqual([
    ...[undefined, undefined, undefined],
  ])
  gateway.stubs.service = service
  gateway.stubs.acts = acts
  await expect
    .poll(() => gateway.acts.find(({ sessionId }) => sessionId === sid))
    .toMatchObject({ kind: 'acted', operation: 'readHealth' })
  // A screen that asks every few seconds is one look an hour.
  const looks = () => gateway.acts.filter((act) => act.sessionId === sid && act.kind === 'acted')
  expect(looks()).toHaveLength(1)
  const support = await signIn(['customer', 'support'])
  expect((await at('/v1/operations/health', { headers: support.headers })).status).toBe(403)
})

it('ends a session that nobody uses for fifteen minutes', async () => {
  const { headers } = await signIn(['customer', 'administrator'])
  clock.advance(14 * 60_000)
  expect((await grants(headers)).status).toBe(200)
  clock.advance(14 * 60_000)
  expect((await grants(headers)).status).toBe(200)
  clock.advance(15 * 60_000 + 1_000)
  expect((await grants(headers)).status).toBe(401)
})

it('answers nobody from a network that is not allowed', async () => {
  const { headers } = await signIn(['customer', 'administrator'])
  const from = (ip: string) => ({ ...headers, 'x-forwarded-for': ip })
  expect((await grants(from('10.1.2.3'))).status).toBe(403)
  expect((await at('/', { headers: from('10.1.2.3') })).status).toBe(403)
  expect((await grants(from('127.0.0.9'))).status).toBe(200)
  const isAllowed = networksOf('10.0.0.0/8, 2001:db8::/32')
  expect(['10.9.8.7', '::ffff:10.9.8.7', '2001:db8::1', '11.0.0.1', '::1'].map(isAllowed)).toEqual([
    ...[true, true, true],
    ...[false, false],
  ])
  expect(() => networksOf('everybody')).toThrow('everybody')
})
