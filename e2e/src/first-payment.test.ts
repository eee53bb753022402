// A new customer's first payment, over HTTP, with the public API alone.
import { uuidv7 } from '@bahi/contracts/id.ts'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { freshOtp, apiAt, sealPin } from '@bahi/platform/api-client.ts'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { validatorOf } from '@bahi/kit/http/schemas.ts'
import { exportTraces, type TraceExporter } from '@bahi/kit/tracing/otlp.ts'
import { documentedMetrics, metricsIn } from '@bahi/testing/metrics-table.ts'
import { startPrometheus } from '@bahi/testing/prometheus.ts'
import { ensureServers } from '@bahi/testing/servers.ts'
import { startCollector, treeOf } from './collector.ts'
import { emptyPanels } from './drills/panel-queries.ts'
import { rulesFile, shortenWindows } from './drills/rule-windows.ts'
import { startPlatform, type RunningPlatform } from '@bahi/platform/testing-platform.ts'

const { missing } = await ensureServers(['prometheus', 'promtool'])

let platform: RunningPlatform
/** Of the logs. */
const lines: string[] = []
let collector: Awaited<ReturnType<typeof startCollector>>
let traces: TraceExporter
beforeAll(async () => {
  collector = await startCollector()
  traces = exportTraces({ endpoint: collector.url, ratio: 1 })
  const logTo = { write: (line: string) => void lines.push(line) }
  platform = await startPlatform(inject('postgresUrl'), {}, { logLevel: 'debug', logTo })
})
afterAll(async () => {
  await platform.stop()
  await traces.close()
  await collector.close()
})
afterEach(async () => {
  expect(await platform.bookFaults()).toEqual([])
})

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- bodies of many routes are read here
type Answer = { status: number; body: Record<string, any> }

async function http(method: string, path: string, body?: unknown, token?: string): Promise<Answer> {
  const response = await fetch(`${platform.url}${path}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, body: text ? (JSON.parse(text) as Answer['body']) : {} }
}

async function makeCustomer(phone: string, name: string, vpa: string) {
  const anybody = apiAt(platform.url)
  const device = { id: `phone of ${name}`, name: 'Phone' }
  const password = 'nadi-kinare-ped'
  expect((await http('POST', '/v1/auth/otp', { phone, purpose: 'register' })).status).toBe(202)
  const inbox = await http('GET', `/sandbox/inbox?to=${encodeURIComponent(phone)}`)
  const otp = /\b\d{6}\b/.exec((inbox.body.messages as { text: string }[])[0]!.text)![0]
  const registered = await http('POST', '/v1/auth/register', { phone, otp, name, password, device })
  expect(registered.status).toBe(201)
  expect(registered.body.expiresInS).toBe(900)
  const token = registered.body.accessToken as string

  const opened = await http('POST', '/sandbox/accounts', { phone, bank: 'BAHI', balancePaise: 500_000 })
  expect(opened.status).toBe(201)
  const discovered = await http('POST', '/v1/accounts/discover', { bank: 'BAHI' }, token)
  expect(discovered.body.accounts[0].maskedNumber).toMatch(/^X+\d{4}$/)
  const accountRef = discovered.body.accounts[0].accountRef as string
  const linked = await http('POST', '/v1/accounts', { bank: 'BAHI', accountRef }, token)
  expect(linked.status).toBe(201)
  const accountId = linked.body.id as string

  const { keys } = (await http('GET', '/v1/keys')).body
  const pin = await sealPin(keys, { pin: '4826', purpose: 'set-pin', accountId })
  const { last6, expiry } = opened.body.card as { last6: string; expiry: string }
  const pinOtp = await freshOtp(anybody, phone, 'set-pin')
  const set = await http(
    'PUT',
    `/v1/accounts/${accountId}/pin`,
    { card: { last6, expiry }, otp: pinOtp, pin },
    token,
  )
  expect(set.status).toBe(200)
  expect((await http('POST', '/v1/vpas', { vpa, accountId }, token)).status).toBe(201)
  return {
    token,
    accountId,
    keys,
    device,
    phone,
    password,
    refreshToken: registered.body.refreshToken as string,
  }
}

describe('a request that is sent again', () => {
  it('to create what exists gets it again, and is refused for something else', async () => {
    const { token, accountId } = await makeCustomer('+919811100004', 'Indu Pal', 'indu@bahi')
    const { accounts } = (await http('POST', '/v1/accounts/discover', { bank: 'BAHI' }, token)).body
    const link = { bank: 'BAHI', accountRef: accounts[0].accountRef as string }
    expect(await http('POST', '/v1/accounts', link, token)).toMatchObject({
      status: 200,
      body: { id: accountId },
    })
    const vpa = { vpa: 'indu@bahi', accountId }
    expect(await http('POST', '/v1/vpas', vpa, token)).toMatchObject({ status: 200, body: vpa })
    await http('POST', '/sandbox/accounts', { phone: '+919811100004', bank: 'BAHI', balancePaise: 0 })
    const found = (await http('POST', '/v1/accounts/discover', { bank: 'BAHI' }, token)).body
    const other = (found.accounts as { linked: boolean; accountRef: string }[]).find((one) => !one.linked)!
    const second = await http('POST', '/v1/accounts', { bank: 'BAHI', accountRef: other.accountRef }, token)
    const elsewhere = await http('POST', '/v1/vpas', { ...vpa, accountId: second.body.id as string }, token)
    expect(elsewhere).toMatchObject({ status: 409, body: { code: 'id-reused' } })
    expect((await http('GET', '/v1/vpas', undefined, token)).body.vpas).toMatchObject([vpa])
  })

  it('may name JSON and have no body, where none is needed', async () => {
    const { token, refreshToken } = await makeCustomer('+919811100005', 'Omar Das', 'omar@bahi')
    const { accessToken } = (await http('POST', '/v1/auth/refresh', { refreshToken })).body
    const empty = (method: string, path: string, type = 'application/json') =>
      fetch(platform.url + path, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': type },
      }).then(async (response) => [response.status, (await response.text()) && 'a body'])
    const { sessions } = (await http('GET', '/v1/auth/sessions', undefined, token)).body
    expect(sessions).toHaveLength(1)
    expect(await empty('DELETE', `/v1/contacts/ravi@bahi?changedAt=2026-11-26T12:00:00Z`)).toEqual([204, ''])
    expect(await empty('GET', '/v1/accounts')).toEqual([200, 'a body'])
    expect(await empty('DELETE', '/sandbox/scenarios/01994c00-0000-7000-8000-000000000001')).toEqual([
      204,
      '',
    ])
    expect(await empty('POST', '/v1/vpas')).toEqual([400, 'a body'])
    expect(await empty('POST', '/v1/auth/logout', 'application/json; charset=utf-8')).toEqual([204, ''])
    expect((await http('GET', '/v1/accounts', undefined, accessToken as string)).status).toBe(401)
    const again = await makeCustomer('+919811100006', 'Devi Nair', 'devi@bahi')
    const own = (await http('GET', '/v1/auth/sessions', undefined, again.token)).body.sessions[0].id as string
    const ended = await fetch(`${platform.url}/v1/auth/sessions/${own}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${again.token}`, 'content-type': 'application/json' },
    })
    expect(ended.status).toBe(204)
  })
})

describe('a stranger', () => {
  it('registers, links, sets a PIN, pays, and both sides see it', async () => {
    const maya = await makeCustomer('+919811100001', 'Maya Sen', 'maya@bahi')
    const arun = await makeCustomer('+919811100002', 'Arun Das', 'arun@bahi')
    expect((await http('GET', '/v1/me', undefined, maya.token)).body).toMatchObject({ name: 'Maya Sen' })
    expect((await http('PATCH', '/v1/me', { name: 'Maya S' }, maya.token)).body).toMatchObject({
      name: 'Maya S',
    })
    expect((await http('GET', '/v1/banks')).body.banks.length).toBe(3)
    const resolved = await http('GET', '/v1/vpas/arun@bahi', undefined, maya.token)
    expect(resolved.body).toMatchObject({ vpa: 'arun@bahi', name: 'Arun Das', kind: 'person' })

    const stream = await fetch(`${platform.url}/v1/stream`, {
      headers: { authorization: `Bearer ${arun.token}` },
    })
    expect(stream.headers.get('content-type')).toContain('text/event-stream')
    const id = uuidv7()
    const order = { payerVpa: 'maya@bahi', payeeVpa: 'arun@bahi', amountPaise: 12_345, note: 'Books' }
    const block = {
      pin: '4826',
      purpose: 'pay',
      paymentId: id,
      amountPaise: 12_345,
      payeeVpa: 'arun@bahi',
    } as const
    const pin = await sealPin(maya.keys, block)
    const paid = await http('PUT', `/v1/payments/${id}`, { ...order, pin }, maya.token)
    expect(paid).toMatchObject({
      status: 200,
      body: { id, status: 'settled', amountPaise: 12_345, direction: 'debit' },
    })
    expect(paid.body.rrn).toMatch(/^\d{12}$/)
    expect(paid.body.txnId).toMatch(/^[A-Z0-9]{3}[A-Za-z0-9]{32}$/)

    let received = ''
    for await (const chunk of stream.body!.pipeThrough(new TextDecoderStream())) {
      received += chunk
      if (received.includes(id)) break
    }
    expect(received).toContain('event: payment.settled')

    expect((await http('PUT', `/v1/payments/${id}`, { ...order, pin }, maya.token)).body).toEqual(paid.body)
    const reused = await http('PUT', `/v1/payments/${id}`, { ...order, amountPaise: 1, pin }, maya.token)
    expect(reused).toMatchObject({ status: 409, body: { code: 'id-reused' } })
    expect((await http('GET', `/v1/payments/${id}`, undefined, arun.token)).body).toMatchObject({
      direction: 'credit',
    })
    const listed = await http('GET', '/v1/payments?status=settled&limit=5', undefined, maya.token)
    expect(listed.body.payments[0]).toEqual(paid.body)
    const receipt = await http('GET', `/v1/payments/${id}/receipt`, undefined, maya.token)
    expect(receipt.body.amountText).toBe('₹123.45')

    const ask = await sealPin(arun.keys, { pin: '4826', purpose: 'balance', accountId: arun.accountId })
    const balance = await http('POST', `/v1/accounts/${arun.accountId}/balance`, { pin: ask }, arun.token)
    expect(balance.body).toMatchObject({ balancePaise: 512_345, currency: 'INR' })
    const statement = await http('GET', `/v1/accounts/${maya.accountId}/statement`, undefined, maya.token)
    expect(statement.body.entries[0]).toMatchObject({
      transferId: id,
      amountPaise: -12_345,
      balancePaise: 487_655,
    })
  })

  it('signs in again, refreshes, and is out after logging out', async () => {
    const person = await makeCustomer('+919811100003', 'Lata Nair', 'lata@bahi')
    const { phone, password, device } = person
    // Without a key of its own no device is known again.
    const first = await http('POST', '/v1/auth/login', { phone, password, device })
    expect(first).toMatchObject({ status: 401, body: { code: 'otp-required' } })
    const otp = await freshOtp(apiAt(platform.url), phone, 'sign-in')
    const again = await http('POST', '/v1/auth/login', { phone, password, device, otp })
    expect(again.status).toBe(200)
    const elsewhere = await http('POST', '/v1/auth/login', {
      phone,
      password,
      device: { id: 'other', name: 'Tablet' },
    })
    expect(elsewhere).toMatchObject({ status: 401, body: { code: 'otp-required' } })
    const wrong = await http('POST', '/v1/auth/login', { phone, password: 'wrong-wrong', device })
    expect(wrong).toMatchObject({ status: 401, body: { code: 'credentials-wrong' } })
    const refreshed = await http('POST', '/v1/auth/refresh', { refreshToken: again.body.refreshToken })
    expect(refreshed.status).toBe(200)
    const token = refreshed.body.accessToken as string
    expect((await http('GET', '/v1/accounts', undefined, token)).body.accounts).toHaveLength(1)
    expect((await http('POST', '/v1/auth/logout', undefined, token)).status).toBe(204)
    expect((await http('GET', '/v1/accounts', undefined, token)).status).toBe(401)
  })
})

describe('the logs', () => {
  it('fit their schema, line by line, and name no person and no secret', () => {
    const schema = JSON.parse(
      readFileSync(new URL('../../docs/operate/log.schema.json', import.meta.url), 'utf8'),
    ) as object
    const validate = validatorOf(schema, 'body')
    expect(lines.length).toBeGreaterThan(50)
    const unfit = lines.filter((line) => validate(JSON.parse(line)).error)
    expect(unfit).toEqual([])
    // Of the people above: phones, names, UPI IDs, passwords, PINs, tokens.
    const personal =
      /98111000|Maya|Arun|Lata|Indu Pal|(maya|arun|lata|indu)@bahi|nadi-kinare|"4826"|eyJ[\w-]{10}/
    expect(lines.filter((line) => personal.test(line))).toEqual([])
  })
})

describe('the trace of a payment', () => {
  it('runs from the gateway through the ledger to the messages of both people', async () => {
    const sentSms = () => new Set(collector.named('send sms').map(({ traceId }) => traceId))
    const payments = () =>
      collector.named('PUT /v1/payments/:id').filter(({ traceId }) => sentSms().has(traceId))
    await expect.poll(async () => (await traces.flush(), payments().length)).toBeGreaterThan(0)
    const [paid] = payments()
    const spans = collector.spans.filter(({ traceId }) => traceId === paid!.traceId)
    const tree = treeOf(spans)
    if (process.env['BAHI_TEST_PRINT']) console.log(tree.join('\n'))
    const at = (line: string) => tree.findIndex((one) => one.trim().startsWith(line))
    const path = [
      'gateway PUT /v1/payments/:id',
      'payment PUT /v1/payments/:id',
      'payment begin payments',
      'payment post payments',
      'account POST /internal/account/transfers',
      'account post to the ledger',
    ]
    expect(path.map(at).every((place, i, all) => place > (all[i - 1] ?? -1))).toBe(true)
    expect(tree.filter((line) => line.includes('consume bahi.notification')).length).toBeGreaterThan(0)
    expect(tree.filter((line) => line.includes('consume bahi.audit')).length).toBeGreaterThan(0)
    expect(tree.filter((line) => line.includes('notification send sms'))).toHaveLength(2)
    expect(tree[0]).toBe('gateway PUT /v1/payments/:id')
    // Without ids and times, which have any digits.
    const said = spans.map(({ service, name, attributes, status }) => [service, name, attributes, status])
    expect(JSON.stringify(said)).not.toMatch(/maya|arun|98111/i)
  })
})

const noPatroni = 'Patroni does not decide who leads'
/** Panels without a series here, and why; in the drill of alerts they have some. */
const emptyHere: Record<string, string> = {
  'bahi: PostgreSQL: Age of the last good backup': 'npm run backup writes it',
  'bahi: PostgreSQL: Since the last archive': 'npm run archive writes it',
  'bahi: PostgreSQL: Size of the month that was archived last': 'npm run archive writes it',
  'bahi: PostgreSQL: Size of the newest backup': 'npm run backup writes it',
  'bahi: PostgreSQL: Time of the last verified restore': 'npm run backup writes it',
  'bahi: PostgreSQL: Behind the primary': 'there is no replica',
  'bahi: PostgreSQL: Changes of the leader': noPatroni,
  'bahi: PostgreSQL: Free on disks': 'no node_exporter runs',
  'bahi: PostgreSQL: Oldest segment of the log that is not archived': 'it archives nothing',
  'bahi: PostgreSQL: Reads by where they went': 'there is no replica',
  'bahi: PostgreSQL: Since a leader answered': noPatroni,
  'bahi: PostgreSQL: Since etcd answered': noPatroni,
  'bahi: PostgreSQL: Who leads': noPatroni,
  'bahi: PostgreSQL: Why the primary was read': 'there is no replica',
  'bahi: PostgreSQL: Transactions that were run again': 'none was',
  'bahi: a service: Errors by route': 'none failed',
  'bahi: business: Messages of the network': 'no payment crossed banks',
  'bahi: business: Moved from or to another app': 'there is no mandate',
  'bahi: business: Operations that other apps asked for': 'there is no mandate',
  'bahi: business: Phones that are somebody else’s now': 'none is',
  'bahi: business: Processes that ended over a file of KYC': 'none did',
  'bahi: business: Why payments are refused or warned of': 'none was',
  'bahi: edge: Refused because a service is full': 'none was full',
  'bahi: edge: Refused by limits': 'no limit was reached',
  'bahi: events: Alarms': 'no RabbitMQ runs',
  'bahi: events: Disk that is free beyond what must be': 'no RabbitMQ runs',
  'bahi: events: Memory of what it may use': 'no RabbitMQ runs',
  'bahi: events: Reports of carriers': 'no carrier reports',
  'bahi: payments and money: Refused by stops': 'nothing is stopped',
  'bahi: payments and money: Age of the audit checkpoint': 'the chain is not signed without blobs',
  'bahi: payments and money: Failures by code': 'none failed',
  'bahi: payments and money: Refusals of the ledger': 'it refused nothing',
  'bahi: platform: CPU': "the process's own",
  'bahi: platform: Event loop, p99': "the process's own",
  'bahi: platform: Keys that Redis dropped, connections that it refused': 'no Redis runs',
  'bahi: platform: Memory': "the process's own",
  'bahi: platform: Memory of Redis': 'no Redis runs',
  'bahi: platform: Spans of traces': "the process's own",
  'bahi: platform: Stalled workers': 'none is stalled',
}

describe('metrics', () => {
  it.skipIf(missing.length > 0 && process.env['CI'] !== 'true')(
    'answer what every panel of the dashboards asks',
    async () => {
      const dir = await mkdtemp(join(tmpdir(), 'bahi-panels-'))
      const scraped = createServer(
        (_, response) => void platform.metrics().then((text) => response.end(text)),
      )
      await new Promise<void>((resolve) => scraped.listen(0, '127.0.0.1', resolve))
      const url = `http://127.0.0.1:${(scraped.address() as AddressInfo).port}`
      const rules = shortenWindows(readFileSync(rulesFile, 'utf8'), { everyS: 1, shortestS: 4 })
      const prometheus = await startPrometheus({ dir, everyS: 1, rules: rules.rules, jobs: { bahi: [url] } })
      try {
        const unexpected = async () =>
          (await emptyPanels(prometheus, { sinceS: 60, rateS: 4 })).filter((panel) => !(panel in emptyHere))
        await expect.poll(unexpected, { interval: 2_000 }).toEqual([])
      } finally {
        await prometheus.stop()
        scraped.close()
        await rm(dir, { recursive: true })
      }
    },
  )

  it.skipIf(missing.length > 0 && process.env['CI'] !== 'true')(
    'have the names that their types ask for',
    async () => {
      const input = await platform.metrics()
      const { status, stderr } = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' })
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    },
  )

  it('are those of docs/operate/metrics.md, and name no person', async () => {
    const live = metricsIn(await platform.metrics())
    const documented = documentedMetrics()
    const shown = new Set(live.map(({ name }) => name))
    // Of what this platform does not have: blobs, which the audit chain needs to be signed.
    const elsewhere = documented.filter(({ services }) => services.includes('('))
    expect(live.map(({ name, type, help }) => ({ name, type, help }))).toEqual(
      documented
        .filter((one) => shown.has(one.name) || !elsewhere.includes(one))
        .map(({ name, type, help }) => ({ name, type, help })),
    )
    for (const { name, labels, values } of live) {
      const own = documented.find((one) => one.name === name)!.labels
      expect({ name, undocumented: labels.filter((label) => !own.includes(label)) }).toEqual({
        name,
        undocumented: [],
      })
      const personal = values.filter((value) => /\d{6}|@|[0-9a-f]{8}-[0-9a-f]{4}/.test(value))
      expect({ name, personal }).toEqual({ name, personal: [] })
    }
  })
})
