// Dead letters for operators: shown with personal data masked, replayed, dropped, and each decision recorded.
import * as contracts from '@bahi/contracts/audit.ts'
import { eraseInAudit } from '@bahi/contracts/erasure.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { memoryBus } from '@bahi/kit/bus/memory-bus.ts'
import { appendEvents, type NewEvent } from '@bahi/kit/events/events.ts'
import { connect, type Tx } from '@bahi/kit/sql/sql.ts'
import { batchOf } from '@bahi/testing/events.ts'
import { testPlatform, type TestPlatform } from '@bahi/testing/platform.ts'
import { refusal } from '@bahi/testing/problems.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest'
import { service } from '../app.ts'
import { redactErasedWorker } from './redact-erased.ts'

const bus = memoryBus({ retry: { tries: 1, backoffMs: [] } })
const queue = 'bahi.other'
const operatorId = uuidv7()
let platform: TestPlatform
let broken: boolean
let consumed: string[]
beforeAll(async () => {
  platform = await testPlatform(inject('postgresUrl'), { services: [service], bus })
  await bus.subscribe(queue, ['payment'], async (events) => {
    if (broken) throw new Error('cannot handle this')
    consumed.push(...events.map((event) => event.id))
  })
})
beforeEach(async () => {
  ;[broken, consumed] = [true, []]
  for (const letter of await bus.deadLetters()) await bus.drop(letter.queue, letter.id)
})
afterAll(() => platform.stop())

const operator = () => platform.person({ userId: operatorId, roles: ['operator'] })
const list = async (ofQueue?: string) =>
  (await operator()(contracts.listDeadLetters, { querystring: ofQueue ? { queue: ofQueue } : {} }))
    .deadLetters
const records = async (type: string) => {
  await platform.settle()
  const auditor = platform.person({ userId: uuidv7(), roles: ['auditor'] })
  return (await auditor(contracts.listRecords, { querystring: { type } })).records
}

/** Publishes an event that becomes a dead letter of the queue. */
async function poison() {
  const userId = uuidv7()
  const [event] = batchOf('payment', 1)
  const data = { payer: { userId, name: 'Asha Rao', vpa: 'asha@bahi' }, amountPaise: 2_500, note: 'Rent' }
  const published = { ...event!, id: uuidv7(), type: 'payment.settled', subject: uuidv7(), data }
  await bus.publish('payment', [published])
  const letter = (await bus.deadLetters(queue)).find(({ events }) => events[0]!.id === published.id)!
  return { event: published, params: { queue, id: letter.id }, userId }
}

describe('an operator', () => {
  it('lists dead letters, of all queues or of one', async () => {
    const { event, params } = await poison()
    const { id, source, type, subject, time } = event
    expect(await list()).toEqual([
      {
        ...params,
        error: 'Error: cannot handle this',
        at: expect.any(String) as string,
        events: [{ id, source, type, subject, at: time }],
      },
    ])
    expect(await list(queue)).toHaveLength(1)
    expect(await list('bahi.audit')).toEqual([])
  })

  it('sees the data of an event with personal data masked', async () => {
    const { params, userId } = await poison()
    const shown = await operator()(contracts.showDeadLetter, { params })
    expect(shown.events[0]!.data).toEqual({
      payer: { userId, name: '•••', vpa: 'a•••@bahi' },
      amountPaise: 2_500,
      note: '•••',
    })
  })

  it('replays it: the service consumes it, and a record names the operator', async () => {
    const { event, params } = await poison()
    broken = false
    expect(await operator()(contracts.replayDeadLetter, { params })).toEqual({ id: params.id })
    await expect.poll(() => consumed).toEqual([event.id])
    expect(await list()).toEqual([])
    const [record, ...others] = await records('audit.dead-letter-replayed')
    expect(others).toEqual([])
    expect(record).toMatchObject({
      source: 'audit',
      data: { operatorId, queue, deadLetterId: params.id, eventIds: [event.id] },
    })
    expect(await refusal(operator()(contracts.replayDeadLetter, { params }))).toMatchObject({
      code: 'not-found',
    })
  })

  it('cannot drop a dead letter of audit itself', async () => {
    const params = { queue: 'bahi.audit', id: 'any' }
    const refused = refusal(operator()(contracts.dropDeadLetter, { params }))
    expect(await refused).toMatchObject({ code: 'not-allowed' })
  })

  it('drops it, and a record names the operator', async () => {
    const { event, params } = await poison()
    await operator()(contracts.dropDeadLetter, { params })
    expect([await list(), consumed]).toEqual([[], []])
    const dropped = await records('audit.dead-letter-dropped')
    expect(dropped).toMatchObject([{ data: { operatorId, deadLetterId: params.id, eventIds: [event.id] } }])
    expect(await refusal(operator()(contracts.dropDeadLetter, { params }))).toMatchObject({
      code: 'not-found',
    })
    const auditor = platform.person({ userId: uuidv7(), roles: ['auditor'] })
    expect(await auditor(contracts.verifyRecords, {})).toMatchObject({ whole: true })
  })

  it('sees also a malformed event', async () => {
    await bus.publish('payment', [{ nothing: 'known' } as never])
    const [letter] = await list()
    expect(letter!.events).toEqual([{ id: '', source: '', type: '', subject: '', at: '' }])
    const params = { queue, id: letter!.id }
    expect((await operator()(contracts.showDeadLetter, { params })).events[0]!.data).toEqual({})
  })
})

it('has nothing of a person any more once they are erased, and is replayed for the others', async () => {
  const own = 'bahi.notification'
  const [asha, ravi] = [uuidv7(), uuidv7()]
  const received: Record<string, unknown>[] = []
  let isBroken = true
  await bus.subscribe(own, ['payment'], async (events) => {
    if (isBroken) throw new Error('not now')
    received.push(...events.map(({ data }) => data))
  })
  const data = {
    ...{ payer: { userId: asha, name: 'Asha Rao', vpa: 'asha@bahi' }, amountPaise: 2_500, note: 'Rent' },
    payee: { userId: ravi, name: 'Ravi Kumar', vpa: 'ravi@bahi' },
  }
  const [event] = batchOf('payment', 1)
  const publish = () =>
    bus.publish('payment', [{ ...event!, id: uuidv7(), type: 'payment.settled', subject: uuidv7(), data }])
  const erase = (stage: 'close' | 'erase', userId = asha) =>
    platform.as('user')(eraseInAudit, { params: { userId }, body: { stage, vpas: [] } })
  await publish()
  // While the law keeps it, it stays; somebody else's erasure changes nothing.
  await erase('close')
  await erase('erase', uuidv7())
  const [letter] = await bus.deadLetters(own)
  expect(letter!.events[0]!.data).toEqual(data)
  await erase('erase')
  await erase('erase')
  const masked = {
    ...{ payer: { userId: asha, name: '•••', vpa: '•••' }, amountPaise: 2_500, note: '•••' },
    payee: data.payee,
  }
  expect(await bus.deadLetters(own)).toEqual([
    { ...letter!, events: [{ ...letter!.events[0]!, data: masked }] },
  ])
  const redacted = await records('audit.dead-letter-redacted')
  expect(redacted.map((record) => record.data)).toEqual([
    { queue: own, deadLetterId: letter!.id, eventIds: [letter!.events[0]!.id] },
  ])
  // One that became a dead letter since, as a batch that was tried again just then.
  await publish()
  const sql = connect(platform.database.url('audit'), { max: 1 })
  const appending = { append: (tx: Tx, ...events: NewEvent[]) => appendEvents(tx, new Date(), events) }
  await redactErasedWorker({ bus, sql, transaction: (run) => sql.begin(run) as never, ...appending }).run()
  await sql.end()
  expect((await bus.deadLetters(own)).map(({ events }) => events[0]!.data)).toEqual([masked, masked])
  isBroken = false
  expect(await bus.replay(own)).toBe(2)
  await expect.poll(() => received).toEqual([masked, masked])
})

it('is not erased while the broker is away, and is tried again', async () => {
  const away = vi.spyOn(bus, 'rewriteDeadLetters').mockRejectedValueOnce(new Error('it is away'))
  const erase = () =>
    platform.as('user')(eraseInAudit, { params: { userId: uuidv7() }, body: { stage: 'erase', vpas: [] } })
  expect((await refusal(erase())).code).toBe('unavailable')
  await erase()
  away.mockRestore()
})

it.each(['customer', 'auditor'] as const)('a %s can neither see nor change them', async (role) => {
  const { params } = await poison()
  const somebody = platform.person({ userId: uuidv7(), roles: [role] })
  const refused = { code: 'not-allowed' }
  expect(await refusal(somebody(contracts.listDeadLetters, { querystring: {} }))).toMatchObject(refused)
  for (const contract of [contracts.showDeadLetter, contracts.replayDeadLetter, contracts.dropDeadLetter])
    expect(await refusal(somebody(contract, { params }))).toMatchObject(refused)
  expect(await list()).toHaveLength(1)
})

it('the number of dead letters of each queue is a metric of the service that consumes it', async () => {
  const text = await platform.metrics()
  expect(text).toMatch(/^bahi_dead_letters\{queue="bahi.audit",service="audit"\} 0$/m)
})
