// The audit service: it records each event once, lists and verifies records, and nobody can change them.
import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportActs, listActs, recordActs } from '@bahi/contracts/acts.ts'
import { listRecords, verifyRecords } from '@bahi/contracts/audit.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { shredPersonKey } from '@bahi/kit/crypto/person-keys.ts'
import { createSeal } from '@bahi/kit/crypto/seal.ts'
import { memoryBus } from '@bahi/kit/bus/memory-bus.ts'
import type { CloudEvent } from '@bahi/kit/bus/bus.ts'
import { folderStorage } from '@bahi/kit/blobs/folder-storage.ts'
import { memoryCache } from '@bahi/kit/cache/memory-cache.ts'
import { systemClock } from '@bahi/kit/clock.ts'
import { generateServiceKeys } from '@bahi/kit/transport/service-token.ts'
import { connect } from '@bahi/kit/sql/sql.ts'
import { startServices } from '@bahi/kit/runtime/runtime.ts'
import { testDataKeys, testPlatform, type TestPlatform } from '@bahi/testing/platform.ts'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { exportedActs } from './acts/acts.ts'
import { service } from './app.ts'
import { openPersonal } from './records/seal-personal.ts'

const bus = memoryBus()
const seal = createSeal('audit', testDataKeys)
let platform: TestPlatform
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bahi-audit-'))
  const key = {
    ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }),
    alg: 'EdDSA',
    kid: '1',
  }
  platform = await testPlatform(inject('postgresUrl'), {
    services: [service],
    bus,
    blobs: folderStorage(folder),
    env: { BAHI_AUDIT_KEY: JSON.stringify(key), BAHI_CHECKPOINT_RECORDS: '1' },
  })
})
afterEach(async () => {
  expect(await verified()).toMatchObject({ whole: true, faults: [] })
})
afterAll(async () => {
  await platform.stop()
  await rm(folder, { recursive: true })
})

const auditor = () => platform.person({ userId: uuidv7(), roles: ['auditor'] })
const verified = () => auditor()(verifyRecords, {})
const list = (querystring: Parameters<typeof request>[0] = {}) => request(querystring)
const request = (querystring: { [name: string]: unknown }) =>
  auditor()(listRecords, { querystring: querystring as never })

let seq = 0
function event(source: string, type: string, more: Partial<CloudEvent> = {}): CloudEvent {
  return {
    specversion: '1.0',
    id: uuidv7(),
    source: `/${source}`,
    type: `${source}.${type}`,
    subject: uuidv7(),
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    bahiversion: 1,
    bahiseq: (seq += 1),
    data: { userId: uuidv7(), nested: { z: [1, null, 'x'], a: true } },
    ...more,
  }
}
const many = (count: number, source = 'payment', type = 'settled') =>
  Array.from({ length: count }, () => event(source, type))

describe('recording', () => {
  it('records consumed events, numbered from 1, and lists them newest first', async () => {
    const [a, b] = [event('user', 'profile-created'), event('payment', 'begun')]
    await bus.publish('user', [a])
    await bus.publish('payment', [b])
    const { records, next } = await list()
    expect(next).toBeUndefined()
    expect(records).toEqual([
      {
        seq: 2,
        eventId: b.id,
        source: 'payment',
        type: 'payment.begun',
        subject: b.subject,
        at: b.time,
        data: b.data,
        hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      },
      expect.objectContaining({ seq: 1, eventId: a.id, source: 'user', data: a.data }),
    ])
    expect(await verified()).toEqual({ whole: true, records: 2, lastHash: records[0]!.hash, faults: [] })
  })

  it.each(['auth', 'user', 'account', 'payment', 'notification'])('records events of %s', async (source) => {
    const recorded = event(source, 'happened')
    await bus.publish(source, [recorded])
    expect((await list({ subject: recorded.subject })).records).toMatchObject([
      { eventId: recorded.id, source },
    ])
  })

  it('records an event once that is delivered twice, in one batch and in two', async () => {
    const [a, b] = many(2)
    await bus.publish('payment', [a!, a!, b!])
    await bus.publish('payment', [b!, a!])
    for (const delivered of [a!, b!])
      expect((await list({ subject: delivered.subject })).records).toHaveLength(1)
  })

  it('records an event once even when the inbox was emptied', async () => {
    const [a, b] = many(2)
    await bus.publish('payment', [a!])
    await platform.database.admin`delete from audit.inbox`
    await bus.publish('payment', [a!, b!])
    expect((await list({ subject: a!.subject })).records).toHaveLength(1)
    expect((await list({ subject: b!.subject })).records).toHaveLength(1)
  })

  it('records unusual values unchanged', async () => {
    const data = { 'ö "\\ 😀': ['₹', '\u2028', 1e21, -0, 0.1], __proto__x: {}, empty: [] }
    const recorded = event('payment', 'odd', { data, time: '2026-11-23T15:00:00.123+05:30' })
    await bus.publish('payment', [recorded])
    const [record] = (await list({ subject: recorded.subject })).records
    expect(record).toMatchObject({ at: '2026-11-23T09:30:00.123Z', data: JSON.parse(JSON.stringify(data)) })
  })

  it('records all of 2,000 events in batches', async () => {
    const before = (await verified()).records
    const events = many(2_000, 'notification', 'created')
    for (let i = 0; i < events.length; i += 200) {
      await bus.publish('notification', events.slice(i, i + 200))
    }
    expect(await verified()).toMatchObject({ whole: true, records: before + 2_000 })
    const shown = await list({ type: 'notification.created', limit: 500 })
    expect(shown.records.map((r) => r.eventId)).toEqual(
      events
        .slice(-500)
        .map((e) => e.id)
        .reverse(),
    )
  })

  it('has one chain without a gap when replicas append at the same time', async () => {
    const otherBus = memoryBus()
    const other = await startServices([service], {
      env: {},
      mode: 'sandbox',
      databaseUrl: (name) => platform.database.url(name),
      bus: otherBus,
      cache: memoryCache(),
      clock: systemClock,
      logLevel: 'silent',
      dataKeys: () => testDataKeys,
      keys: await generateServiceKeys(['audit']),
    })
    try {
      const before = (await verified()).records
      const batches = Array.from({ length: 30 }, () => many(20))
      // Every third batch reaches both replicas, as a broker may deliver it.
      const deliveries = batches.flatMap((batch, i) => [
        (i % 2 === 0 ? bus : otherBus).publish('payment', batch),
        ...(i % 3 === 0 ? [(i % 2 === 0 ? otherBus : bus).publish('payment', batch.toReversed())] : []),
      ])
      await Promise.all([...deliveries, verified()])
      expect(await bus.deadLetters('bahi.audit')).toEqual([])
      expect(await otherBus.deadLetters('bahi.audit')).toEqual([])
      expect(await verified()).toMatchObject({ whole: true, records: before + 600 })
    } finally {
      await other.close()
    }
  })
})

describe('personal data', () => {
  const party = (name: string) => ({ userId: uuidv7(), vpa: `${name}@bahi`, name })
  type Row = { data: Record<string, unknown> }
  const textOf = async (id: string) =>
    JSON.stringify(await platform.database.admin`select data_text from audit.records where event_id = ${id}`)

  it('is sealed under the key of its person, and gone with the key, while the chain stays whole', async () => {
    const [asha, ravi] = [party('asha'), party('ravi')]
    const data = { paymentId: uuidv7(), amountPaise: 100, note: 'for teapots', payer: asha, payee: ravi }
    const begun = event('payment', 'begun', { data })
    await bus.publish('payment', [begun])
    const text = await textOf(begun.id)
    expect(text).not.toMatch(/asha|ravi|teapots/)
    const shown = async () => (await list({ subject: begun.subject })).records[0]!.data
    expect(await shown()).toEqual(data)

    const sql = connect(platform.database.url('audit'), { max: 1 })
    const [row] = await sql<Row[]>`select data from records where event_id = ${begun.id}`
    await expect(openPersonal({ seal }, sql, [{ ...row!, eventId: uuidv7() }])).rejects.toThrow()
    await shredPersonKey(sql, asha.userId, new Date())
    await sql.end()
    const { note: _, ...rest } = data
    expect(await shown()).toEqual({ ...rest, payer: { userId: asha.userId } })
    expect(await textOf(begun.id)).toBe(text)

    const late = event('auth', 'session-started', { data: { userId: asha.userId, deviceName: 'Pixel' } })
    await bus.publish('auth', [late])
    expect((await list({ subject: late.subject })).records[0]!.data).toEqual({ userId: asha.userId })
  })
})

describe('listing', () => {
  const at = (day: number) => `2020-01-0${day}T00:00:00.000Z`
  beforeAll(async () => {
    for (const day of [1, 2, 3, 4, 5]) {
      await bus.publish('account', [
        event('account', 'filtered', { subject: `s${day % 2}`, time: at(day) }),
        event('account', 'other', { subject: 's1', time: at(day) }),
      ])
    }
  })
  const days = (records: { at: string }[]) => records.map((r) => Number(r.at.slice(9, 10)))

  it.each([
    ['by type', { type: 'account.filtered' }, [5, 4, 3, 2, 1]],
    ['by type and subject', { type: 'account.filtered', subject: 's1' }, [5, 3, 1]],
    ['from a time on', { type: 'account.filtered', from: at(4) }, [5, 4]],
    ['before a time', { type: 'account.filtered', to: at(3) }, [2, 1]],
    ['in a time with an offset', { type: 'account.filtered', from: '2020-01-04T05:30:00+05:30' }, [5, 4]],
    ['by source and time', { source: 'account', to: at(2) }, [1, 1]],
    ['without a match', { source: 'nobody' }, []],
  ])('filters %s', async (_, querystring, expected) => {
    expect(days((await list(querystring)).records)).toEqual(expected)
  })

  it('goes through all pages without losing or repeating a record', async () => {
    const seen: number[] = []
    let before: number | undefined
    for (let pages = 0; pages < 3; pages++) {
      const page = await list({ type: 'account.filtered', limit: 2, before })
      seen.push(...days(page.records))
      before = page.next
      if (before === undefined) break
    }
    expect(seen).toEqual([5, 4, 3, 2, 1])
    expect(before).toBeUndefined()
  })

  it.each([
    [{ limit: 0 }],
    [{ limit: 501 }],
    [{ before: 0 }],
    [{ before: '1e400' }],
    [{ before: 1e18 }],
    [{ from: 'yesterday' }],
    [{ to: '2026-02-30T00:00:00Z' }],
    [{ subject: 'a'.repeat(101) }],
    [{ subject: 'a\0b' }],
    [{ order: 'asc' }],
    [{ source: ['a', 'b'] }],
  ])('refuses %j', async (querystring) => {
    await expect(request(querystring)).rejects.toMatchObject({ code: 'request-invalid' })
  })
})

describe('acts', () => {
  const [actorId, sessionId] = [uuidv7(), uuidv7()]
  const acts = async (querystring: object = {}) =>
    (await auditor()(listActs, { querystring: { actor: actorId, ...querystring } })).acts
  const about = { actorId, sessionId, operation: 'withdrawVpa', object: 'asha@bahi' }

  it('of staff are found by who, what about, which kind and when, and are records of the chain', async () => {
    const call = platform.as('gateway')
    await call(recordActs, { body: { acts: [{ kind: 'acted', ...about, filters: ['limit'] }] } })
    await call(recordActs, {
      body: {
        acts: [
          { kind: 'failed', ...about, status: 409 },
          { kind: 'denied', ...about, object: 'x', count: 3 },
        ],
      },
    })
    await platform.settle()
    const grantee = uuidv7()
    const granted = { grantId: uuidv7(), userId: grantee, role: 'auditor', actorId, at: 'now' }
    await bus.publish('auth', [
      event('auth', 'role-granted', { data: granted }),
      event('auth', 'login-failed', { data: { userId: grantee, knownDevice: true } }),
    ])
    const all = await acts()
    expect(all.map(({ kind }) => kind)).toEqual([
      'auth.role-granted',
      'audit.access-denied',
      'audit.staff-failed',
      'audit.staff-acted',
    ])
    expect(all.at(-1)).toMatchObject({ object: 'asha@bahi', data: { ...about, filters: ['limit'] } })
    expect(all.map(({ seq }) => seq)).toEqual(all.map(({ seq }) => seq).toSorted((a, b) => b - a))
    expect(await acts({ object: grantee })).toMatchObject([{ kind: 'auth.role-granted' }])
    expect(await acts({ actor: grantee })).toMatchObject([{ kind: 'auth.login-failed' }])
    expect(await acts({ kind: 'audit.access-denied' })).toMatchObject([{ data: { count: 3 } }])
    expect(await acts({ from: new Date(Date.now() + 60_000).toISOString() })).toEqual([])
    const [first] = await acts({ limit: 1 })
    expect((await acts({ limit: 1, before: first!.seq }))[0]!.kind).toBe('audit.access-denied')
    const [record] = (await list({ type: 'audit.staff-acted' })).records
    expect(record).toMatchObject({ seq: all.at(-1)!.seq, hash: all.at(-1)!.hash })
  })

  it('are found in whatever case somebody wrote what they were about', async () => {
    const paymentId = uuidv7()
    const call = platform.as('gateway')
    const object = paymentId.toUpperCase()
    await call(recordActs, { body: { acts: [{ kind: 'acted', ...about, object }] } })
    await platform.settle()
    const revealed = { paymentId: object, actorId, note: 'The payer asks for help with it' }
    await bus.publish('payment', [event('payment', 'revealed', { data: revealed })])
    for (const asked of [paymentId, object]) {
      const found = (await acts({ object: asked })).map(({ kind }) => kind)
      expect(found).toEqual(['payment.revealed', 'audit.staff-acted'])
    }
  })

  it('are exported as lines', async () => {
    const sql = connect(platform.database.url('audit'), { max: 1 })
    const text = String(await exportedActs({ sql, seal }, { actor: actorId }))
    await sql.end()
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown)
    expect(lines).toEqual(await acts())
  })

  it('are reported by the gateway alone, and read by auditors alone', async () => {
    const body = { acts: [{ kind: 'acted' as const, ...about }] }
    await expect(platform.as('payment')(recordActs, { body })).rejects.toMatchObject({
      code: 'caller-not-allowed',
    })
    const operator = platform.person({ userId: uuidv7(), roles: ['customer', 'operator', 'administrator'] })
    for (const contract of [listActs, exportActs])
      await expect(operator(contract, { querystring: {} })).rejects.toMatchObject({ code: 'not-allowed' })
  })
})

it('a checkpoint is written outside the database by itself', async () => {
  const { admin } = platform.database
  const stored = async () => {
    // It looks once a minute.
    await admin`update audit.due_work set due_at = now() where kind = 'checkpoint'`
    return (await admin`select from audit.checkpoints where stored_at is not null`).length
  }
  await expect.poll(stored).toBeGreaterThan(0)
})

describe('access', () => {
  it.each(['customer', 'operator'] as const)('not a %s', async (role) => {
    const call = platform.person({ userId: uuidv7(), roles: [role] })
    await expect(call(listRecords, { querystring: {} })).rejects.toMatchObject({ code: 'not-allowed' })
    await expect(call(verifyRecords, {})).rejects.toMatchObject({ code: 'not-allowed' })
  })

  it('not a service, and not anonymous requests', async () => {
    await expect(platform.as('payment')(verifyRecords, {})).rejects.toMatchObject({
      code: 'caller-not-allowed',
    })
    await expect(platform.anybody(verifyRecords, {})).rejects.toMatchObject({ code: 'unauthenticated' })
  })
})

describe('append-only', () => {
  const statements = [
    `update audit.records set type = 'x'`,
    `delete from audit.records`,
    `truncate audit.records`,
    `delete from audit.acts`,
    `delete from audit.head`,
    `truncate audit.head`,
    `update audit.head set seq = 0`,
  ]
  const denied = { code: '42501' }

  it.each([
    ...statements,
    `alter table audit.records disable trigger all`,
    `drop table audit.records`,
    `insert into audit.head (single) values (true)`,
  ])("the service's own role cannot: %s", async (statement) => {
    const sql = connect(platform.database.url('audit'), { max: 1 })
    await expect(sql.unsafe(statement)).rejects.toMatchObject(denied)
    await sql.end()
  })

  it.each(statements)('the owner cannot while the triggers are enabled: %s', async (statement) => {
    const { admin } = platform.database
    await expect(admin.unsafe(statement)).rejects.toMatchObject(denied)
    const asReplica = admin.begin(async (tx) => {
      await tx`set local session_replication_role = replica`
      await tx.unsafe(statement)
    })
    await expect(asReplica).rejects.toMatchObject(denied)
  })
})
