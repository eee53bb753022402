// Tampering with the database as its owner: each change is found at the right record, by the route and the command.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { verifyRecords } from '@bahi/contracts/audit.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { memoryBus } from '@bahi/kit/bus/memory-bus.ts'
import type { CloudEvent } from '@bahi/kit/bus/bus.ts'
import { testPlatform, type TestPlatform } from '@bahi/testing/platform.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { service } from '../app.ts'

const bus = memoryBus()
let platform: TestPlatform
beforeAll(async () => {
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
afterAll(() => platform.stop())

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

describe('the command', () => {
  const tool = fileURLToPath(new URL('../../../../tools/verify-audit.ts', import.meta.url))
  const run = (...args: string[]) =>
    new Promise<{ code: number; out: string }>((resolve) => {
      execFile(process.execPath, [tool, ...args], { timeout: 20_000 }, (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code) : 0, out: stdout + stderr }),
      )
    })

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
