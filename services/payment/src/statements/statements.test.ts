// Statements: made by due work in three formats, kept sealed, verified by their hash, gone when they expire.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Input } from '@bahi/contracts/call.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { istDateOf } from '@bahi/contracts/recurrence.ts'
import * as contracts from '@bahi/contracts/statements.ts'
import { createBlobs } from '@bahi/kit/blobs/blobs.ts'
import { folderStorage } from '@bahi/kit/blobs/folder-storage.ts'
import { testDataKeys } from '@bahi/testing/platform.ts'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createPaymentTestSetup, refusal, wrongPin, type TestPerson } from '../testing.ts'
import { toCsv } from './csv.ts'
import { fileOf } from './make-file.ts'
import { cellsOf, plainRupees, tableOf, type StatementRow } from './table.ts'

let setup: Awaited<ReturnType<typeof createPaymentTestSetup>>
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bahi-statements-'))
  const env = { BAHI_PUBLIC_URL: 'https://pay.example/' }
  setup = await createPaymentTestSetup(inject('postgresUrl'), { env, blobs: folderStorage(folder) })
})
afterAll(async () => {
  await setup.stop()
  await rm(folder, { recursive: true, force: true })
})

const today = () => istDateOf(setup.clock.now())
type Body = Partial<Input<typeof contracts.makeStatement>['body']>
const make = (who: TestPerson, { id = setup.newId(), ...more }: Body & { id?: string } = {}) =>
  setup.platform.person(who)(contracts.makeStatement, {
    params: { id },
    body: { fromOn: today(), toOn: today(), format: 'csv', language: 'en', ...more },
  })
const show = (who: TestPerson, id: string) =>
  setup.platform.person(who)(contracts.showStatement, { params: { id } })
const file = (who: TestPerson, id: string) =>
  setup.platform.person(who)(contracts.statementFile, { params: { id } })
/** What the route answers, which is no JSON. */
const contentOf = async (id: string) =>
  (await createBlobs('payment', testDataKeys, folderStorage(folder)).get(`statements/${id}`))!.content
async function ready(who: TestPerson, more: Body = {}) {
  const { id } = await make(who, more)
  await setup.until(async () => (await show(who, id)).status === 'ready')
  return show(who, id)
}

describe('a statement', () => {
  it('has what was settled both ways, once, oldest first, and its sums', async () => {
    const [asha, ravi] = [setup.newPerson(), setup.newPerson()]
    await setup.payAs(asha, ravi, { amountPaise: 250_05, note: '=HYPERLINK("x")' })
    await setup.payAs(ravi, asha, { amountPaise: 100_00 })
    await setup.payAs(asha, ravi, { amountPaise: 1_00, pin: wrongPin })
    const made = await ready(asha)
    expect(made).toMatchObject({ status: 'ready', progress: { done: 2, total: 2 } })
    const text = String(await contentOf(made.id))
    const lines = text.split('\r\n').filter((line) => line.includes('@bahi'))
    expect(lines).toHaveLength(2)
    expect(lines[0]).toMatch(
      new RegExp(`${ravi.party.name},${ravi.vpa},"'=HYPERLINK\\(""x""\\)",\\d{12},250.05,$`),
    )
    expect(lines[1]).toMatch(/,100\.00$/)
    expect(text).toContain('Sum,250.05,100.00')
    expect(text).toContain(`,https://pay.example/verify/${made.id}\r\n`)
    expect(text).toContain('ab'.repeat(32))
    expect(await setup.eventsOf(made.id)).toEqual(['payment.statement-made'])
  })

  it.each(['pdf', 'xlsx'] as const)('is a %s file, in Hindi too', async (format) => {
    const [asha, ravi] = [setup.newPerson(), setup.newPerson()]
    await setup.payAs(asha, ravi, { note: 'किराया' })
    const { id } = await ready(asha, { format, language: 'hi' })
    const start = String(await contentOf(id)).slice(0, 4)
    expect(start).toBe(format === 'pdf' ? '%PDF' : 'PK\u0003\u0004')
  })

  it('of one account has the payments of that account alone', async () => {
    const [asha, ravi] = [setup.newPerson(), setup.newPerson()]
    await setup.payAs(asha, ravi)
    const own = await ready(asha, { accountId: asha.party.accountId })
    expect(own.progress.total).toBe(1)
    expect(String(await contentOf(own.id))).toContain(asha.party.maskedNumber)
    expect((await ready(asha, { accountId: ravi.party.accountId })).progress.total).toBe(0)
  })

  it('is its person’s alone, and verified by whoever has the file', async () => {
    const [asha, ravi] = [setup.newPerson(), setup.newPerson()]
    await setup.payAs(asha, ravi)
    const { id, sha256 } = await ready(asha, { accountId: asha.party.accountId })
    expect(await refusal(show(ravi, id))).toBe('not-found')
    expect(await refusal(file(ravi, id))).toBe('not-found')
    const verify = (hash: string) =>
      setup.platform.anybody(contracts.verifyStatement, { params: { id }, querystring: { sha256: hash } })
    expect(await verify(sha256!)).toMatchObject({
      genuine: true,
      fromOn: today(),
      auditHash: 'ab'.repeat(32),
      account: asha.party.maskedNumber,
    })
    expect(await verify('0'.repeat(64))).toEqual({ genuine: false })
  })

  it('expires: its file is deleted, what it was is still verified', async () => {
    const [asha, ravi] = [setup.newPerson(), setup.newPerson()]
    await setup.payAs(asha, ravi)
    const { id, sha256, expiresAt } = await ready(asha)
    setup.clock.advance(Date.parse(expiresAt!) - setup.clock.now().getTime())
    expect(await refusal(file(asha, id))).toBe('wrong-state')
    await setup.until(async () => (await show(asha, id)).status === 'expired')
    expect(await folderStorage(folder).read(`payment/statements/${id}`)).toBeUndefined()
    const input = { params: { id }, querystring: { sha256: sha256! } }
    expect(await setup.platform.anybody(contracts.verifyStatement, input)).toMatchObject({ genuine: true })
  })

  it('with the same id is the same; with other content, senseless days or too often it is refused', async () => {
    const asha = setup.newPerson()
    const id = setup.newId()
    const all = await Promise.all(Array.from({ length: 5 }, () => make(asha, { id })))
    expect(new Set(all.map((one) => one.id)).size).toBe(1)
    expect(await refusal(make(asha, { id, format: 'pdf' }))).toBe('id-reused')
    expect(await refusal(make(setup.newPerson(), { id }))).toBe('id-reused')
    for (const days of [
      { fromOn: '2026-02-30' },
      { fromOn: '2026-11-02', toOn: '2026-11-01' },
      { fromOn: '2025-01-01', toOn: '2026-11-01' },
    ])
      expect(await refusal(make(asha, days))).toBe('request-invalid')
    // Days whose payments are in an archive: a file without them would say that there were none.
    await setup.platform.database.admin`
      insert into payment.archived_months (month, from_id, to_id, rows, archived_at)
      values ('2016-03-01', ${uuidv7(0)}, ${uuidv7(1)}, 1, now())`
    expect(await refusal(make(asha, { fromOn: '2016-04-01', toOn: '2016-04-03' }))).toBe('request-invalid')
    const more = await Promise.all(Array.from({ length: 25 }, () => make(asha).catch(() => undefined)))
    expect(more.filter(Boolean)).toHaveLength(19)
  })
})

it.each(['pdf', 'xlsx'] as const)('other work goes on while a long %s is made', async (format) => {
  const row: StatementRow = {
    ...{ id: '1', at: new Date('2026-11-27T18:31:00Z'), direction: 'debit', name: 'Ravi', vpa: 'ravi@bahi' },
    ...{ rrn: '632709000001', amountPaise: 1 },
  }
  const facts = {
    ...({
      id: 'i',
      language: 'en',
      fromOn: '2026-11-01',
      toOn: '2026-11-30',
      auditHash: 'h',
      verifyAt: '/',
    } as const),
    ...{ account: undefined, madeAt: new Date(0) },
  }
  let turns = 0
  const timer = setInterval(() => (turns += 1), 1)
  const rows = Array.from({ length: 1_000 }, () => row)
  const content = await fileOf({ format }, facts, rows).finally(() => clearInterval(timer))
  expect(content.length).toBeGreaterThan(10_000)
  expect(turns).toBeGreaterThan(20)
})

describe('a cell', () => {
  const row: StatementRow = {
    ...{ id: '1', at: new Date('2026-11-27T18:31:00Z'), direction: 'debit', name: 'Ravi', vpa: 'ravi@bahi' },
    ...{ rrn: '632709000001', amountPaise: 1 },
  }
  it('has the day and time of India, and its amount to the paisa', () => {
    const [at, ...rest] = cellsOf('en', { ...row, note: 'x' }, plainRupees)
    expect([at, ...rest]).toEqual([
      '28 Nov 2026, 12:01 am',
      'Ravi',
      'ravi@bahi',
      'x',
      '632709000001',
      '0.01',
      '',
    ])
  })

  it.each(['=1', '+1', '-1', '@x', '\t=1', '\r=1'])('that begins like the formula %j is text', (name) => {
    const facts = {
      ...{
        id: 'i',
        language: 'en' as const,
        fromOn: '2026-11-01',
        toOn: '2026-11-27',
        auditHash: 'h',
        verifyAt: '/',
      },
      account: undefined,
    }
    const csv = toCsv(tableOf({ ...facts, madeAt: new Date(0) }, [{ ...row, name }])).toString()
    expect(csv).toMatch(/am","?'[=+\-@\t\r]/)
  })
})
