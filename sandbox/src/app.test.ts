// The sandbox's routes, on a real database and real SMTP connections.
import { randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import type { openBankAccount } from '@bahi/contracts/account.ts'
import type { Input, Output } from '@bahi/contracts/call.ts'
import * as contracts from '@bahi/contracts/sandbox.ts'
import { freePort } from '@bahi/kit/port.ts'
import { connect as connectSql } from '@bahi/kit/sql/sql.ts'
import { clearTextOf } from '@bahi/testing/clear-text.ts'
import { testPlatform, type TestPlatform } from '@bahi/testing/platform.ts'
import type { Transport } from '@bahi/kit/transport/transport.ts'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { service } from './app.ts'
import { luhnDigit } from '@bahi/contracts/card.ts'
import { deleteOlderMessages } from './inbox/store.ts'
import { testKeys } from './testing.ts'

const phone = '+919876543210'
const opened: Output<typeof openBankAccount> = {
  accountRef: 'ref-1',
  accountNumber: '100000000017',
  ifsc: 'BAHI0000001',
  card: { number: '9999010000000001', last6: '000001', expiry: '11/31' },
}
const openRequests: Input<typeof openBankAccount>['body'][] = []

/** Stubs: account opens every account and records the request; auth and user know Tara only. */
const stubs: Transport = (service, { body }) => {
  const answer = (status: number, document: object) =>
    Promise.resolve({ status, headers: {}, body: Readable.from([JSON.stringify(document)]) })
  if (service === 'auth') {
    return (body as string).includes(tara.phone)
      ? answer(200, { userId: tara.userId })
      : answer(404, { code: 'not-found' })
  }
  if (service === 'user') return answer(200, { profiles: [tara] })
  openRequests.push(JSON.parse(body as string) as (typeof openRequests)[number])
  return answer(201, opened)
}

const tara = {
  userId: randomUUID(),
  phone: '+919800000077',
  name: 'Tara Bose',
  language: 'en',
  createdAt: '2026-01-01T00:00:00.000Z',
}

let platform: TestPlatform
let smtpPort: number

beforeAll(async () => {
  smtpPort = await freePort()
  platform = await testPlatform(inject('postgresUrl'), {
    services: [service],
    env: { ...(await testKeys()).env, BAHI_SANDBOX_SMTP_PORT: String(smtpPort) },
    stubs,
  })
})
afterAll(() => platform.stop())

const open = (body: Input<typeof contracts.openAccount>['body']) =>
  platform.anybody(contracts.openAccount, { body })
const inbox = async (to?: string, limit?: number) => {
  const querystring = { ...(to === undefined ? {} : { to }), ...(limit === undefined ? {} : { limit }) }
  return (await platform.anybody(contracts.readInbox, { querystring })).messages
}
const sms = (to: string, text: string, id: string = randomUUID()) =>
  platform.as('notification')(contracts.sendSms, { body: { id, to, text } })

/** Sends SMTP lines; returns the code of each reply, the greeting first. */
async function converse(lines: string[]): Promise<number[]> {
  const socket = connect(smtpPort, '127.0.0.1').setEncoding('utf8')
  const codes: number[] = []
  const waiting = [...lines, 'QUIT']
  let received = ''
  for await (const chunk of socket) {
    received += chunk as string
    for (let end = received.indexOf('\r\n'); end >= 0; end = received.indexOf('\r\n')) {
      const line = received.slice(0, end)
      received = received.slice(end + 2)
      if (line[3] === '-') continue
      codes.push(Number(line.slice(0, 3)))
      const next = waiting.shift()
      if (next !== undefined) socket.write(`${next}\r\n`)
    }
  }
  return codes
}
const mail = (recipients: string[], text: string) => [
  'HELO test',
  'MAIL FROM:<no-reply@bahi.example>',
  ...recipients.map((to) => `RCPT TO:<${to}>`),
  'DATA',
  `${text.replaceAll('\n', '\r\n')}\r\n.`,
]

describe('opening an account', () => {
  it('at our own bank is done by the account service', async () => {
    const answer = await open({ phone, bank: 'BAHI', balancePaise: 500_00, name: 'Asha Rao' })
    expect(answer).toEqual({ ...opened, bank: 'BAHI', holderName: 'Asha Rao', balancePaise: 500_00 })
    expect(openRequests).toEqual([{ phone, holderName: 'Asha Rao', balancePaise: 500_00 }])
  })

  it.each([
    ['GANG', 'GANG0000001'],
    ['KAVE', 'KAVE0000001'],
  ])('at %s returns a card once, and the account is listed by phone', async (bank, ifsc) => {
    const answer = await open({ phone, bank, balancePaise: 0 })
    expect(answer).toMatchObject({ bank, ifsc, holderName: 'Sandbox Customer', balancePaise: 0 })
    expect(luhnDigit(answer.card.number.slice(0, -1))).toBe(answer.card.number.slice(-1))
    expect(answer.card.last6).toBe(answer.card.number.slice(-6))
    const accountsOf = (to: string) =>
      platform.as('account')(contracts.otherBankAccounts, { params: { bank }, querystring: { phone: to } })
    const { accountRef, accountNumber, holderName } = answer
    const accounts = [{ accountRef, bank, ifsc, accountNumber, holderName, type: 'savings', pinSet: false }]
    expect(await accountsOf(phone)).toEqual({ accounts })
    expect(await accountsOf('+919000000000')).toEqual({ accounts: [] })
  })

  it('stores no phone, number or card in clear', async () => {
    const answer = await open({ phone, bank: 'GANG', balancePaise: 1 })
    const rows = await platform.database.admin`select to_jsonb(a)::text as row from sandbox.other_accounts a`
    for (const secret of [phone, answer.accountNumber, answer.card.number, answer.card.last6]) {
      expect(clearTextOf(rows)).not.toContain(secret)
    }
  })

  it('uses the name with which the phone is registered', async () => {
    expect(await open({ phone: tara.phone, bank: 'BAHI', balancePaise: 1 })).toMatchObject({
      holderName: tara.name,
    })
    expect(await open({ phone: tara.phone, bank: 'GANG', balancePaise: 1 })).toMatchObject({
      holderName: tara.name,
    })
  })

  it('at an unknown bank is refused, with the existing codes', async () => {
    await expect(open({ phone, bank: 'NOPE', balancePaise: 0 })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('BAHI, GANG, KAVE') as string,
    })
  })

  it.each([
    ['a phone of elsewhere', { phone: '+14155550100', bank: 'GANG', balancePaise: 0 }],
    ['a negative balance', { phone, bank: 'GANG', balancePaise: -1 }],
    ['half a paisa', { phone, bank: 'GANG', balancePaise: 0.5 }],
    ['a name of markup', { phone, bank: 'GANG', balancePaise: 0, name: '<script>' }],
  ])('with %s is refused', async (_what, body) => {
    await expect(open(body)).rejects.toMatchObject({ code: 'request-invalid' })
  })
})

describe('the banks behind the network', () => {
  it('are listed for account, and for no other service', async () => {
    const { banks } = await platform.as('account')(contracts.otherBanks, {})
    expect(banks.map(({ code, onUs, pinLength }) => ({ code, onUs, pinLength }))).toEqual([
      { code: 'GANG', onUs: false, pinLength: 4 },
      { code: 'KAVE', onUs: false, pinLength: 6 },
    ])
    await expect(platform.anybody(contracts.otherBanks, {})).rejects.toMatchObject({
      code: 'caller-not-allowed',
    })
  })
})

describe('the inbox', () => {
  it('stores an SMS once by its id, and shows the newest first', async () => {
    const id = randomUUID()
    await sms('+919000000001', 'first', id)
    await sms('+919000000001', 'first again', id)
    await sms('+919000000001', 'second')
    await sms('+919000000002', 'to another')
    expect((await inbox('+919000000001')).map((m) => m.text)).toEqual(['second', 'first'])
    expect(await inbox('+919000000001', 1)).toHaveLength(1)
    expect((await inbox())[0]).toMatchObject({ channel: 'sms', to: '+919000000002', text: 'to another' })
  })

  it.each(['+919000000003', ' 919000000003', '919000000003'])('finds a phone written as %j', async (to) => {
    await sms('+919000000003', 'hello')
    expect((await inbox(to))[0]?.text).toBe('hello')
  })

  it('accepts SMS from notification only', async () => {
    const body = { id: randomUUID(), to: phone, text: 'spoofed' }
    await expect(platform.anybody(contracts.sendSms, { body })).rejects.toMatchObject({
      code: 'caller-not-allowed',
    })
  })

  it('keeps only the newest messages', async () => {
    for (const text of ['a', 'b', 'c']) await sms('+919000000005', text)
    const sql = connectSql(platform.database.url('sandbox'), { max: 1 })
    await deleteOlderMessages(sql, 2)
    await sql.end()
    expect((await inbox()).map((m) => m.text)).toEqual(['c', 'b'])
  })

  it('stores no address and no text in clear', async () => {
    await sms('+919000000006', 'your code is 482913')
    const rows = await platform.database.admin`select to_jsonb(m)::text as row from sandbox.messages m`
    expect(JSON.stringify(rows)).not.toMatch(/9000000006|482913/)
  })
})

describe('the mail server', () => {
  const text = [
    'From: bahi <no-reply@bahi.example>',
    'Subject: =?UTF-8?B?4KSt4KWB4KSX4KSk4KS+4KSo?=',
    'Message-ID: <one@bahi.example>',
    'Content-Type: text/plain; charset=utf-8',
    '',
    '₹250.00 का भुगतान हुआ',
  ].join('\n')

  it('stores a mail for each recipient, once when it is repeated', async () => {
    const recipients = ['asha@example.org', 'ravi@example.org']
    expect(await converse(mail(recipients, text))).toEqual([220, 250, 250, 250, 250, 354, 250, 221])
    await converse(mail(recipients, text))
    for (const to of recipients) {
      const [message, ...more] = await inbox(to.toUpperCase())
      expect(message).toMatchObject({ channel: 'email', to, subject: 'भुगतान', text: '₹250.00 का भुगतान हुआ' })
      expect(more).toEqual([])
    }
  })

  it('refuses a mail that is too large, and accepts the next', async () => {
    const codes = await converse(
      mail(['big@example.org'], `Subject: big\n\n${'x'.repeat(998).concat('\n').repeat(300)}`),
    )
    expect(codes).toEqual([220, 250, 250, 250, 354, 552, 221])
    expect(await inbox('big@example.org')).toEqual([])
    await converse(mail(['big@example.org'], 'Subject: small\n\nsmall'))
    expect((await inbox('big@example.org')).map((m) => m.text)).toEqual(['small'])
  })

  it('refuses more recipients than twenty', async () => {
    const recipients = Array.from({ length: 21 }, (_, i) => `r${i}@example.org`)
    expect((await converse(mail(recipients, text))).filter((code) => code === 452)).toHaveLength(1)
  })
})

describe('in production', () => {
  it('the sandbox does not start', async () => {
    await expect(async () => service.start({ mode: 'production' } as never)).rejects.toThrow(
      'BAHI_MODE=sandbox',
    )
  })
})
