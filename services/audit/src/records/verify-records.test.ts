// Tampering with the database as its owner: each change is found at the right record, by the route and the command.
import { execFile } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { verifyRecords } from '@bahi/contracts/audit.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { memoryBus } from '@bahi/kit/bus/memory-bus.ts'
import type { CloudEvent } from '@bahi/kit/bus/bus.ts'
import { createBlobs, type Blobs } from '@bahi/kit/blobs/blobs.ts'
import { folderStorage } from '@bahi/kit/blobs/folder-storage.ts'
import { createLog } from '@bahi/kit/log.ts'
import { connect, type Sql } from '@bahi/kit/sql/sql.ts'
import { adjustableClock } from '@bahi/testing/clock.ts'
import { testDataKeys, testPlatform, type TestPlatform } from '@bahi/testing/platform.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { service } from '../app.ts'
import { checkpointKeys, checkpointName, checkpointSigner } from '../checkpoints/checkpoint.ts'
import { verifyCheckpoints } from '../checkpoints/verify-checkpoints.ts'
import { writeCheckpoint } from '../checkpoints/write-checkpoint.ts'
import { appendToChain, genesis, type HashedRecord } from './chain.ts'
import { verifyStoredRecords } from './verify-records.ts'

const bus = memoryBus()
let platform: TestPlatform
let folder: string
let blobs: Blobs
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bahi-checkpoints-'))
  blobs = createBlobs('audit', testDataKeys, folderStorage(folder))
  platform = await testPlatform(inject('postgresUrl'), { services: [service], bus })
  const events = Array.from({ length: 20 }, (_, i): CloudEvent => ({
    specversion: '1.0',
    id: uuidv7(),
    source: '/payment',
    type: 'payment.settled',
    subject: `s${i}`,
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    bahiversion: 1,
    bahiseq: i + 1,
    data: { amountPaise: 100 + i },
  }))
  await bus.publish('payment', events)
  const { admin } = platform.database
  await admin.unsafe(
    `alter table audit.records disable trigger all; alter table audit.head disable trigger all`,
  )
  await admin.unsafe(`create table saved as select ${columns} from audit.records;
    create table saved_head as select seq, hash from audit.head`)
})
beforeEach(() =>
  platform.database.admin.unsafe(`
    delete from audit.records; insert into audit.records (${columns}) select ${columns} from saved;
    update audit.head h set seq = s.seq, hash = s.hash from saved_head s`),
)
afterAll(async () => {
  await platform.stop()
  await rm(folder, { recursive: true })
})

const columns = 'seq, event_id, source, type, subject, version, at, data_text, hash'
const verified = () => platform.person({ userId: uuidv7(), roles: ['auditor'] })(verifyRecords, {})

describe.each([
  ['nothing', 'select 1', []],
  [
    'a changed amount',
    `update audit.records set data_text = replace(data_text, '107', '100007') where seq = 8`,
    [{ seq: 8, fault: 'changed' }],
  ],
  [
    'a space in the data',
    `update audit.records set data_text = data_text || ' ' where seq = 8`,
    [{ seq: 8, fault: 'changed' }],
  ],
  [
    'a time changed by a millisecond',
    `update audit.records set at = at + interval '1 millisecond' where seq = 3`,
    [{ seq: 3, fault: 'changed' }],
  ],
  [
    'another hash',
    `update audit.records set hash = sha256('x') where seq = 20`,
    [
      { seq: 20, fault: 'changed' },
      { seq: 20, fault: 'other than the head of the chain' },
    ],
  ],
  ['a missing record', 'delete from audit.records where seq = 8', [{ seq: 8, fault: 'missing' }]],
  [
    'the tail cut',
    'delete from audit.records where seq > 17',
    [{ seq: 18, fault: 'missing, and all up to 20' }],
  ],
  ['everything gone', 'delete from audit.records', [{ seq: 1, fault: 'missing, and all up to 20' }]],
  [
    'two records exchanged',
    `alter table audit.records drop constraint records_seq_check;
     update audit.records set seq = -5 where seq = 5; update audit.records set seq = 5 where seq = 12;
     update audit.records set seq = 12 where seq = -5;
     alter table audit.records add constraint records_seq_check check (seq > 0)`,
    [
      { seq: 5, fault: 'reordered: this is record 12' },
      { seq: 12, fault: 'reordered: this is record 5' },
    ],
  ],
  [
    'the head set back',
    `update audit.head set seq = 10, hash = (select hash from audit.records where seq = 10)`,
    [{ seq: 11, fault: 'beyond the head of the chain' }],
  ],
])('%s', (_, tampering, faults) => {
  it('is reported by the route', async () => {
    await platform.database.admin.unsafe(tampering)
    expect(await verified()).toMatchObject({ whole: faults.length === 0, faults })
  })
})

const tool = fileURLToPath(new URL('../../../../tools/verify-audit.ts', import.meta.url))
const runTool = (args: string[], env: NodeJS.ProcessEnv = process.env) =>
  new Promise<{ code: number; out: string }>((resolve) => {
    execFile(process.execPath, [tool, ...args], { timeout: 20_000, env }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, out: stdout + stderr }),
    )
  })

describe('the command', () => {
  const run = (...args: string[]) => runTool(args)

  it('exits with 0 and the last hash when the chain is whole', async () => {
    const { lastHash } = await verified()
    const { code, out } = await run(
      '--database',
      platform.database.url('audit'),
      '--checkpoint',
      `20:${lastHash}`,
    )
    expect(out).toContain(`20:${lastHash}`)
    expect(code).toBe(0)
  })

  it('exits with 1 and the faults when it is not', async () => {
    await platform.database.admin`delete from audit.records where seq = 8`
    expect(await run('--database', platform.database.url('audit'))).toEqual({
      code: 1,
      out: expect.stringContaining('8: missing') as string,
    })
  })

  it('finds a chain cut together with its head by a checkpoint', async () => {
    const { lastHash } = await verified()
    await platform.database.admin`delete from audit.records where seq > 17`
    await platform.database.admin`
      update audit.head set seq = 17, hash = (select hash from audit.records where seq = 17)`
    expect((await run('--database', platform.database.url('audit'))).code).toBe(0)
    const checked = await run('--database', platform.database.url('audit'), '--checkpoint', `20:${lastHash}`)
    expect(checked).toEqual({ code: 1, out: expect.stringContaining('20: in a checkpoint') as string })
  })

  it('prints its usage, and exits with 2 for wrong arguments', async () => {
    expect(await run('--help')).toEqual({ code: 0, out: expect.stringContaining('--database') as string })
    expect((await run('--checkpoint', '1:ab', '--database', 'postgres://nowhere/x')).code).toBe(2)
    expect((await run('--what')).code).toBe(2)
    expect((await run('--database', 'postgres://nobody:x@127.0.0.1:1/none')).code).toBe(2)
  })
})

describe('signed checkpoints outside the database', () => {
  const newKey = (kid: string) => {
    const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
    return JSON.stringify({ ...jwk, alg: 'EdDSA', kid })
  }
  const [privateKey, otherKey] = [newKey('2026'), newKey('2026')]
  const signer = checkpointSigner(privateKey)!
  const keys = checkpointKeys(`[${privateKey}]`)
  const clock = adjustableClock()
  const log = createLog('audit', 'silent')
  const often = { minutes: 10, records: 1_000 }
  let sql: Sql
  beforeAll(() => void (sql = connect(platform.database.url('audit'), { max: 1 })))
  afterAll(() => sql.end())
  beforeEach(async () => {
    for (const name of await blobs.list({ under: 'checkpoints' })) await blobs.delete(name)
    await platform.database.admin`delete from audit.checkpoints`
  })

  const write = (by = signer) => writeCheckpoint({ sql, clock, log, blobs, signer: by }, often)
  const owner = (text: string) => platform.database.admin.unsafe(text)
  /** Three records are there at the first checkpoint, and twenty at the second. */
  async function twoCheckpoints(): Promise<void> {
    await owner(`update audit.head set seq = 3, hash = (select hash from audit.records where seq = 3)`)
    expect(await write()).toBeUndefined()
    await owner(`update audit.head h set seq = s.seq, hash = s.hash from saved_head s`)
    // Neither minutes nor records are over.
    expect(await write()).toBeUndefined()
    expect((await faults()).newest).toMatchObject({ seq: 3 })
    clock.advance(600_000)
    expect(await write()).toBeUndefined()
    clock.advance(600_000)
    expect(await write()).toBeUndefined()
    expect(await faults()).toMatchObject({ newest: { seq: 20 }, count: 2, found: [] })
    clock.advance(600_000)
  }
  async function faults() {
    const verified = await verifyCheckpoints(blobs, sql, keys)
    const verdict = await verifyStoredRecords(sql, verified.heads)
    return { ...verified, found: [...verdict.faults, ...verified.faults].map(({ fault }) => fault) }
  }
  /** As the owner of the database does it who knows how: every hash from there on is right again. */
  async function rewriteFrom(seq: number): Promise<void> {
    const rows = await owner(`select ${columns} from audit.records order by seq`)
    const forged = rows.map((row): Omit<HashedRecord, 'seq' | 'hash'> => {
      const dataText = Number(row['seq']) === seq ? '{"amountPaise":1}' : (row['dataText'] as string)
      return { ...(row as unknown as HashedRecord), dataText }
    })
    const { records, head } = appendToChain(genesis, forged)
    for (const one of records)
      await platform.database.admin`
        update audit.records set data_text = ${one.dataText}, hash = decode(${one.hash}, 'hex')
        where seq = ${one.seq}`
    await platform.database.admin`update audit.head set seq = ${head.seq}, hash = decode(${head.hash}, 'hex')`
    expect((await verifyStoredRecords(sql)).whole).toBe(true)
  }

  it('a chain that is rewritten with its head is another than the checkpoint, and is not signed', async () => {
    await twoCheckpoints()
    await rewriteFrom(7)
    expect((await faults()).found).toEqual(['other than the checkpoint'])
    expect(await write()).toBe('record 20 is another than in checkpoint 2, or gone')
    await rewriteFrom(2)
    expect((await faults()).found).toEqual(['other than the checkpoint', 'other than the checkpoint'])
  })

  it('a tail that is cut with its head is missing, and nothing is signed over it', async () => {
    await twoCheckpoints()
    await owner(`delete from audit.records where seq > 17;
      update audit.head set seq = 17, hash = (select hash from audit.records where seq = 17)`)
    expect((await verifyStoredRecords(sql)).whole).toBe(true)
    expect((await faults()).found).toEqual(['in a checkpoint, but missing: the chain was cut'])
    expect(await write()).toContain('record 20')
  })

  it('a database that forgets its checkpoints replaces none', async () => {
    await twoCheckpoints()
    const before = (await blobs.get(checkpointName(1)))!.sha256
    await rewriteFrom(2)
    await owner('delete from audit.checkpoints')
    expect(await write()).toBe('another checkpoint 1 is there already')
    expect((await blobs.get(checkpointName(1)))!.sha256).toBe(before)
    expect((await faults()).found).toHaveLength(2)
  })

  it('one that is gone, exchanged, or signed by a stranger is found', async () => {
    await twoCheckpoints()
    const [first, second] = [
      (await blobs.get(checkpointName(1)))!.content,
      (await blobs.get(checkpointName(2)))!.content,
    ]
    await blobs.delete(checkpointName(2))
    expect((await faults()).found).toEqual(['checkpoints 2 to 2 are missing'])
    expect(await write()).toBe('checkpoint 2 is another than it was, or gone')
    await blobs.put(checkpointName(2), first)
    expect((await faults()).found).toEqual(['checkpoint 2: it is number 1'])
    await blobs.put(checkpointName(2), second)
    await blobs.delete(checkpointName(1))
    expect((await faults()).found).toEqual([
      'checkpoint 1: missing',
      'checkpoint 2: it does not follow the one before',
    ])
    await owner('delete from audit.checkpoints')
    await write(checkpointSigner(otherKey))
    expect((await faults()).found).toContain('checkpoint 1: not signed by a key that is trusted, or changed')
  })

  it('one that could not be stored is stored as it was signed, and the command reads it', async () => {
    const broken = { ...blobs, put: () => Promise.reject(new Error('the storage is away')) }
    const deps = { sql, clock, log, blobs: broken, signer }
    await expect(writeCheckpoint(deps, often)).rejects.toThrow('away')
    expect(await write()).toBeUndefined()
    const publicKey: object = { ...(JSON.parse(privateKey) as object), d: undefined }
    const env = {
      BAHI_BLOBS: `file:${folder}`,
      BAHI_DATA_KEYS: JSON.stringify({ audit: testDataKeys }),
      BAHI_AUDIT_KEYS: JSON.stringify([publicKey]),
    }
    const run = (args: string[]) => runTool(args, { ...process.env, ...env })
    const whole = await run(['--database', platform.database.url('audit')])
    expect(whole).toEqual({ code: 0, out: expect.stringContaining('1 signed checkpoint(s)') as string })
    await rewriteFrom(7)
    expect(await run(['--database', platform.database.url('audit')])).toEqual({
      code: 1,
      out: expect.stringContaining('20: other than the checkpoint') as string,
    })
  })
})
