// Dead letters from the terminal: by the operators' API of the whole platform, and directly on a real RabbitMQ. On the
// same platform lists of disconnected numbers, which are sent from a terminal too.
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as audit from '@bahi/contracts/audit.ts'
import { grantRole } from '@bahi/contracts/roles.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { listMessages } from '@bahi/contracts/notification.ts'
import { rabbitBus } from '@bahi/kit/bus/rabbit-bus.ts'
import { ensureServers, startRabbit, type Server } from '@bahi/testing/servers.ts'
import { batchOf } from '@bahi/testing/events.ts'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { demoTotpSecret, totpCode } from '@bahi/platform/totp.ts'
import { apiAt, readOtp, type SignedInPerson } from '@bahi/platform/api-client.ts'
import { startPlatform, type RunningPlatform } from '@bahi/platform/testing-platform.ts'

const queue = 'bahi.notification'
const [replayed, dropped] = [uuidv7(), uuidv7()]
const feedKey = 'the-key-of-the-feed-of-these-tests'

type Ended = { status: number; said: string }
function dlq(args: string[], env: Record<string, string> = {}, tool = 'dlq'): Promise<Ended> {
  const file = join(import.meta.dirname, `../../tools/${tool}.ts`)
  return new Promise((resolve) => {
    execFile(process.execPath, [file, ...args], { env: { ...process.env, ...env } }, (error, out, err) =>
      resolve({ status: error ? Number(error.code) : 0, said: out + err }),
    )
  })
}

describe('over the API', () => {
  let platform: RunningPlatform
  let folder: string
  let asha: SignedInPerson
  let operator: SignedInPerson
  let otp: string[] = []
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bahi-dlq-'))
    // Left by a start before this one.
    const file = join(folder, 'dead-letters.jsonl')
    const userId = uuidv7()
    const data = { userId, accountId: uuidv7(), bank: 'BAHI', maskedNumber: 'XXXX4711' }
    const lines = [replayed, dropped].map((id) => {
      const events = batchOf('account', 1).map((event) => ({
        ...event,
        id: uuidv7(),
        type: 'account.linked',
        data,
      }))
      const letter = {
        id,
        queue,
        events,
        error: 'Error: a mistake since repaired',
        at: new Date().toISOString(),
      }
      return JSON.stringify({ letter, state: 'dead' })
    })
    await writeFile(file, `${lines.join('\n')}\n`)
    const env = { BAHI_REVOKED_NUMBERS_KEY: feedKey }
    platform = await startPlatform(inject('postgresUrl'), env, { deadLetters: file })
    asha = await platform.person('Asha Rao')
    operator = await platform.person('Omana Operator')
    await platform.asSandbox(grantRole, { params: { userId: operator.userId }, body: { role: 'operator' } })
  })
  afterAll(async () => {
    await platform.stop()
    await rm(folder, { recursive: true })
  })

  async function asOperator(...args: string[]) {
    return operatorRuns('dlq', args)
  }
  async function operatorRuns(tool: string, args: string[]) {
    // Enrolled anew, so that the code of now is good again.
    const enrolled = { role: 'operator', totpSecret: demoTotpSecret } as const
    await platform.asSandbox(grantRole, { params: { userId: operator.userId }, body: enrolled })
    const code = ['--totp', totpCode(demoTotpSecret)]
    const env = {
      BAHI_OPERATOR_PASSWORD: operator.password,
      BAHI_OPERATOR_KEY_FILE: join(folder, 'terminal-key'),
    }
    return dlq([...args, '--url', platform.url, '--phone', operator.phone, ...otp, ...code], env, tool)
  }

  it('a new terminal proves itself by a one-time code', async () => {
    const first = await asOperator('list')
    expect(first).toMatchObject({ status: 1, said: expect.stringContaining('give it with --otp') as string })
    otp = ['--otp', await readOtp(apiAt(platform.url), operator.phone)]
    const second = await asOperator('list')
    otp = []
    expect(second).toMatchObject({ status: 0, said: expect.stringContaining('2 dead letter(s)') as string })
    expect(second.said).toContain(`${queue}  ${replayed}`)
    expect(second.said).toContain('Error: a mistake since repaired')
  })

  it('one is shown without what is personal, one replayed, one dropped; the record says by whom', async () => {
    const shown = await asOperator('show', queue, replayed)
    expect(shown.said).toContain('account.linked')
    expect(shown.said).not.toContain('XXXX4711')
    expect(await asOperator('replay', queue, replayed)).toMatchObject({ status: 0 })
    expect(await asOperator('drop', queue, dropped)).toMatchObject({ status: 0, said: 'dropped\n' })
    expect((await asOperator('list')).said).toBe('no dead letters\n')
    expect(await asOperator('show', queue, dropped)).toMatchObject({ status: 1 })
    await platform.settle()
    const messages = await platform.admin`select 1 from notification.messages where type = 'account.linked'`
    expect(messages).toHaveLength(1)
    await platform.asSandbox(grantRole, { params: { userId: asha.userId }, body: { role: 'auditor' } })
    const records = await platform.admin<{ type: string; by: string }[]>`
      select type, data ->> 'operatorId' as by from audit.records where type like 'audit.dead-letter-%' order by seq`
    const by = operator.userId
    expect(records).toEqual([
      { type: 'audit.dead-letter-replayed', by },
      { type: 'audit.dead-letter-dropped', by },
    ])
    const own = await operator.call(listMessages, { querystring: {} })
    expect(own.notifications.filter(({ type }) => type.startsWith('audit.'))).toEqual([])
    const after = await readFile(join(folder, 'dead-letters.jsonl'), 'utf8')
    expect(after).toContain(`{"removed":"${dropped}"}`)
  })

  it('a list of disconnected numbers is sent by the feed in parts, and by an operator', async () => {
    const file = join(folder, 'mnrl.csv')
    const numbers = Array.from({ length: 1_001 }, (_, n) => `${7_000_000_000 + n}`)
    await writeFile(
      file,
      `number,date,reason\n${numbers.join(',2026-01-31,Surrendered\n')}\nnobody\n${asha.phone}`,
    )
    const rows = ['--rows', '1000']
    const send = ['send', file, ...rows, '--listed-on', '2026-02-01', '--url', platform.url]
    const asFeed = (key: string) => dlq(send, { BAHI_REVOKED_NUMBERS_KEY: key }, 'revoked-numbers')
    expect(await asFeed(`${feedKey}x`)).toMatchObject({ status: 1 })
    const sent = await asFeed(feedKey)
    expect(sent).toMatchObject({ status: 0, said: expect.stringContaining('part 2 of 2') as string })
    // She has proven her number since that day.
    expect(sent.said).toMatch(/part 2 of 2 {2}\d+ rows: 0 revoked, 0 before, 1 proven since, 1 refused/)
    const again = await operatorRuns('revoked-numbers', send.slice(0, 6))
    expect(again).toEqual(sent)
    const lists = join(folder, 'lists')
    await mkdir(lists)
    await rename(file, join(lists, '2026-02-01.csv'))
    const weekly = ['send', lists, ...rows, '--url', platform.url]
    expect(await dlq(weekly, { BAHI_REVOKED_NUMBERS_KEY: feedKey }, 'revoked-numbers')).toEqual(sent)
    expect((await operatorRuns('revoked-numbers', ['list'])).said).toContain('part 1 of 2')
    const [row] = await platform.admin<{ text: string }[]>`
      select string_agg(l::text, '') as text from auth.revoked_number_lists l where uploaded_by is null`
    for (const number of ['7000000000', asha.phone.slice(3)]) expect(row!.text).not.toContain(number)
  })

  it('no other role may', async () => {
    await expect(asha.call(audit.listDeadLetters, { querystring: {} })).rejects.toMatchObject({
      code: 'not-allowed',
    })
    const wrong = await dlq(
      ['list', '--url', platform.url, '--phone', operator.phone, '--password', 'wrong password'],
      { BAHI_OPERATOR_KEY_FILE: join(folder, 'terminal-key') },
    )
    expect(wrong).toMatchObject({ status: 1, said: expect.stringContaining('credentials-wrong') as string })
  })
})

it.each([
  [['--help'], 0, 'npm run dlq -- replay'],
  [[], 2, 'what shall be done?'],
  [['destroy', queue, 'x'], 2, 'what is destroy?'],
  [['show', queue], 2, 'show needs the id'],
  [['drop', queue, '--all'], 2, '--all goes with replay'],
  [['list', '--sideways'], 2, 'sideways'],
  [['list', '--url', 'http://127.0.0.1:1'], 1, 'does not answer. Is the platform down?'],
])('%j ends with %i and says %s', async (args, status, said) => {
  expect(await dlq(args)).toEqual({ status, said: expect.stringContaining(said) as string })
})

const { missing } = await ensureServers(['rabbitmq-server'])
describe.skipIf(missing.length > 0 && process.env['CI'] !== 'true')('past the platform', () => {
  let broker: Server
  beforeAll(async () => {
    broker = await startRabbit()
  })
  afterAll(() => broker?.stop())

  it('dead letters are listed, shown, replayed and dropped on the broker', async () => {
    const bus = rabbitBus(broker.url, { retry: { tries: 1, backoffMs: [] } })
    let repaired = false
    const versions: number[] = []
    await bus.subscribe(queue, ['account'], async (events) => {
      if (!repaired) throw new Error('not yet')
      versions.push(...events.map((event) => event.bahiversion))
    })
    for (const version of [1, 2, 3]) await bus.publish('account', batchOf('account', version))
    await expect.poll(() => bus.countDeadLetters(queue)).toBe(3)
    const amqp = ['--amqp', broker.url]
    const listed = JSON.parse((await dlq(['list', '--json', ...amqp])).said) as audit.DeadLetterDetail[]
    expect(listed).toHaveLength(3)
    const shown = await dlq(['show', queue, listed[0]!.id, ...amqp])
    expect(shown.said).toContain('"text": "•••"')
    expect(await dlq(['drop', queue, listed[0]!.id, ...amqp])).toMatchObject({ status: 0 })
    repaired = true
    expect(await dlq(['replay', queue, '--all', ...amqp])).toMatchObject({ status: 0 })
    await expect.poll(() => versions).toEqual([2, 3])
    expect((await dlq(['list', ...amqp])).said).toBe('no dead letters\n')
    await bus.close()
  })
})
