// A person gets a copy of their data, closes their account and is erased: nothing of theirs is found afterwards, and at
// no time in a log.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPersonal } from '@bahi/audit/records/seal-personal.ts'
import { pathOf } from '@bahi/contracts/call.ts'
import { putContact, listContacts } from '@bahi/contracts/contacts.ts'
import { liveSource } from '@bahi/contracts/events.ts'
import { cancelErasure, erasureRules, requestErasure, showErasure } from '@bahi/contracts/erasure.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { saveKyc, showKyc, showOwnKycPage, uploadKycDocument } from '@bahi/contracts/kyc.ts'
import { portMandate, revokeMandate } from '@bahi/contracts/mandates.ts'
import { listMessages } from '@bahi/contracts/notification.ts'
import { blockPerson, reportPerson, unblockPerson } from '@bahi/contracts/people.ts'
import { exportFile, listExports, requestExport } from '@bahi/contracts/personal-export.ts'
import { cancelRequest, makeRequest } from '@bahi/contracts/requests.ts'
import { changeMe } from '@bahi/contracts/user.ts'
import { createVpa, resolveVpa } from '@bahi/contracts/account.ts'
import { folderStorage } from '@bahi/kit/blobs/folder-storage.ts'
import type { Bus } from '@bahi/kit/bus/bus.ts'
import { memoryBus } from '@bahi/kit/bus/memory-bus.ts'
import { createSeal } from '@bahi/kit/crypto/seal.ts'
import { connect } from '@bahi/kit/sql/sql.ts'
import {
  authorisation,
  becomeCustomer,
  giveMandate,
  login,
  pay,
  pinForMandate,
  register,
  type Customer,
} from '@bahi/platform/api-client.ts'
import { roleUrl } from '@bahi/platform/secrets.ts'
import { pageFaults } from '@bahi/user/kyc/testing-bytes.ts'
import { hostileFile } from '@bahi/user/kyc/testing-files.ts'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { check } from '@bahi/platform/checker/check.ts'
import { countInFlight } from '@bahi/platform/checker/quiescence.ts'
import { startPlatform, type RunningPlatform } from '@bahi/platform/testing-platform.ts'

/** What no other text contains. */
const seeded = [
  'Zubeida',
  'Quartermain',
  '9876500017',
  'zuzu.q',
  'marzipan',
  'Zwieback',
  'ABCPZ4321Q',
  'Kestrelgate',
]
const password = 'lohe-ka-tala-7'
const stepUp = { password }

/** What no event names, so that no bus has it. */
const neverPublished = ['9876500017', 'zuzu.q@example.in', 'Zwieback', 'ABCPZ4321Q', 'Kestrelgate']
const sources = ['auth', 'user', 'account', 'payment', 'notification', 'audit', liveSource]

let folder: string
let bus: Bus
/** Lines of all services, at a level below production's. */
const logged: string[] = []
const published: string[] = []
let platform: RunningPlatform
let zubeida: Customer
let ravi: Customer
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bahi-erasure-'))
  // Its dead letters are among the files that are searched.
  bus = memoryBus({ file: join(folder, 'dead-letters.jsonl'), retry: { tries: 1, backoffMs: [] } })
  await bus.listen(sources, (events) => void published.push(...events.map((one) => JSON.stringify(one))))
  const options = { blobs: folderStorage(folder), bus, logLevel: 'debug' }
  const logTo = { write: (line: string) => void logged.push(line) }
  platform = await startPlatform(inject('postgresUrl'), {}, { ...options, logTo })
  const person = { phone: '+919876500017', name: 'Zubeida Quartermain', password }
  zubeida = await becomeCustomer(await register(platform.url, person), {
    ...{ vpa: 'zuzu.q@bahi', pin: '4071', balancePaise: 500_00, bank: 'BAHI' },
  })
  ravi = await platform.customer()
})
afterAll(async () => {
  await platform.stop()
  await rm(folder, { recursive: true })
})

const changedAt = new Date().toISOString()
const statesOf = () => platform.admin`
  select state, closed_at, erases_at, extract(day from erases_at - closed_at)::int as days
  from "user".erasures where user_id = ${zubeida.userId}`

/** Where a value is found: tables of the services, and files. Of the sandbox nothing is shipped. */
async function found(values: string[]): Promise<string[]> {
  const tables = await platform.admin<{ name: string }[]>`
    select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and not c.relispartition
      and n.nspname in ('auth', 'user', 'account', 'payment', 'notification', 'audit')`
  const places: string[] = []
  for (const { name } of tables) {
    for (const value of values) {
      const [row] = await platform.admin.unsafe<{ text: string }[]>(
        `select t::text as text from ${name} t where t::text ilike $1 limit 1`,
        [`%${value}%`],
      )
      if (row) places.push(`${name}: ${row.text.slice(0, 300)}`)
    }
  }
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const text = (await readFile(join(entry.parentPath, entry.name))).toString('latin1')
    if (values.some((value) => text.includes(value))) places.push(join(entry.parentPath, entry.name))
  }
  return places
}

const containing = (lines: string[], values: string[]) =>
  lines.filter((line) => values.some((value) => line.toLowerCase().includes(value.toLowerCase())))

const queue = 'bahi.notification'

/** All is done but what is a dead letter. */
async function settled(): Promise<void> {
  const unfinished = async () => {
    const { eventsForNotification: events = 0, ...others } = await countInFlight(platform.admin)
    const letters = await bus.deadLetters(queue)
    const dead = letters.reduce((sum, letter) => sum + letter.events.length, 0)
    return { ...others, events: Math.max(0, events - dead) }
  }
  await expect.poll(unfinished).toEqual({ events: 0 })
}

/** Its time is not waited for. */
const makeDue = (kind: string) =>
  platform.admin`update "user".due_work set due_at = now() where kind = ${kind}`

/** Given from another UPI ID of hers, moved to the one she has now, and revoked. */
async function endMovedMandate(): Promise<void> {
  const { vpa } = await zubeida.call(createVpa, {
    body: { vpa: 'zuzu.quondam@bahi', accountId: zubeida.accountId },
  })
  const { id, terms } = await giveMandate({ ...zubeida, vpa }, ravi.vpa, {
    ...{ name: 'Newspaper', recurrence: 'ASPRESENTED' },
  })
  const pin = await pinForMandate(zubeida, 'port', { id, payeeVpa: ravi.vpa, terms })
  await zubeida.call(portMandate, { params: { id }, body: { payerVpa: zubeida.vpa, pin } })
  await zubeida.call(revokeMandate, { params: { id } })
}

it('what a person leaves is seeded, and the chain has none of it in clear', async () => {
  await zubeida.call(changeMe, { body: { email: 'zuzu.q@example.in', stepUp } })
  await ravi.call(putContact, {
    params: { vpa: zubeida.vpa },
    body: { name: 'Zubeida', favourite: true, changedAt },
  })
  await zubeida.call(putContact, {
    params: { vpa: ravi.vpa },
    body: { name: 'Zwieback baker', favourite: false, changedAt },
  })
  // Every other batch of notification fails for a while: some become dead letters, with what she wrote.
  const failing = await bus.subscribe(queue, ['payment'], () => Promise.reject(new Error('a fault')))
  const notes = async () => JSON.stringify(await bus.deadLetters(queue))
  let leftPaise = 500_00
  for (; leftPaise > 480_00 && !(await notes()).includes('marzipan'); leftPaise -= 1_00) {
    await pay(zubeida, { payeeVpa: ravi.vpa, amountPaise: 1_00, note: 'marzipan' })
    await settled()
  }
  await failing.close()
  expect(await notes()).toContain('marzipan')
  await pay(zubeida, { payeeVpa: ravi.vpa, amountPaise: leftPaise, note: 'marzipan' })
  await pay(ravi, { payeeVpa: zubeida.vpa, amountPaise: 40_00, note: 'for the cake' })
  const id = uuidv7()
  await zubeida.call(makeRequest, {
    params: { id },
    body: { payerVpa: ravi.vpa, payeeVpa: zubeida.vpa, amountPaise: 10_00, note: 'marzipan again' },
  })
  await zubeida.call(cancelRequest, { params: { id } })
  // As if a registered app of hers had made it.
  await platform.admin`
    update payment.payment_requests set app_client_id = ${uuidv7()}, app_name = 'Cakes', app_reference = 'marzipan 7'
    where id = ${id}`
  await endMovedMandate()
  await ravi.call(blockPerson, { params: { vpa: zubeida.vpa } })
  await ravi.call(reportPerson, {
    params: { id: uuidv7() },
    body: { vpa: zubeida.vpa, reason: 'other', text: 'was rude' },
  })
  await ravi.call(unblockPerson, { params: { vpa: zubeida.vpa } })
  const address = { line1: '7, Kestrelgate', city: 'Bengaluru', state: 'KA' as const, pinCode: '560001' }
  const submissionId = uuidv7()
  await zubeida.call(saveKyc, {
    params: { id: submissionId },
    body: {
      tier: 'minimum',
      form: { name: zubeida.name, bornOn: '1990-04-12', pan: 'ABCPZ4321Q', address },
    },
  })
  await zubeida.call(uploadKycDocument, {
    params: { id: submissionId, documentId: uuidv7() },
    querystring: { kind: 'pan' },
    file: { type: 'image/jpeg', bytes: new Uint8Array(await hostileFile('jpeg with a place', 1)) },
  })
  const documents = async () => (await zubeida.call(showKyc, {})).submission!.documents
  await expect.poll(documents).toMatchObject([{ status: 'readable' }])
  await settled()
  expect((await found(seeded)).length).toBeGreaterThan(10)
  expect((await found(seeded)).filter((place) => place.startsWith('audit.'))).toEqual([])
})

it('names stand in clear in no table but those of payments', async () => {
  const places = await found(['Zubeida', 'Quartermain', 'Zwieback'])
  const tables = places.filter((place) => !place.startsWith(folder))
  expect(tables.length).toBeGreaterThan(0)
  expect(tables.filter((place) => !place.startsWith('payment.'))).toEqual([])
})

it('a copy of the data has all of it, for its person alone, and each time it is fetched is on record', async () => {
  const id = uuidv7()
  const ask = { params: { id }, body: { stepUp } }
  await expect(zubeida.call(requestExport, { params: { id }, body: {} })).rejects.toMatchObject({
    code: 'step-up-required',
  })
  await zubeida.call(requestExport, ask)
  await expect
    .poll(async () => (await zubeida.call(listExports, {})).exports[0])
    .toMatchObject({ id, status: 'ready' })
  const fetched = { params: { id }, body: { stepUp } }
  await expect(ravi.call(exportFile, fetched)).rejects.toMatchObject({ code: 'not-found' })
  await expect(zubeida.call(exportFile, { params: { id }, body: {} })).rejects.toMatchObject({
    code: 'step-up-required',
  })
  await expect(ravi.call(requestExport, ask)).rejects.toMatchObject({ code: 'id-reused' })
  expect((await ravi.call(listExports, {})).exports).toEqual([])

  const text = JSON.stringify(await zubeida.call(exportFile, fetched))
  for (const value of seeded.filter((one) => !one.startsWith('ABCPZ'))) expect(text).toContain(value)
  expect(text).not.toContain(ravi.phone)
  await zubeida.call(requestExport, { params: { id: uuidv7() }, body: { stepUp } })
  await expect(
    zubeida.call(requestExport, { params: { id: uuidv7() }, body: { stepUp } }),
  ).rejects.toMatchObject({ code: 'rate-limited' })
  const [events] = await platform.admin<{ count: number }[]>`
    select count(*)::int as count from "user".events
    where stream = ${zubeida.userId} and type = 'user.export-fetched'`
  expect(events!.count).toBe(1)
  const types = async () =>
    (await zubeida.call(listMessages, { querystring: {} })).notifications.map(({ type }) => type)
  await expect.poll(types).toContain('user.export-fetched')
})

it('a person sees their own document after a proof, marked, and nobody else’s; it is on record', async () => {
  const { submission } = await zubeida.call(showKyc, {})
  const document = submission!.documents[0]!
  const params = { id: submission!.id, documentId: document.id, page: 1 }
  const see = async (person: Customer, body: object) => {
    const path = pathOf(showOwnKycPage.url, params)
    const answer = await fetch(platform.url + path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: {
        'content-type': 'application/json',
        ...authorisation('POST', platform.url + path, person.token(), person.key),
      },
    })
    const type = answer.headers.get('content-type')
    return type === 'image/jpeg'
      ? Buffer.from(await answer.arrayBuffer())
      : ((await answer.json()) as { code: string }).code
  }
  expect(await see(zubeida, {})).toBe('step-up-required')
  expect(await see(ravi, { stepUp })).toBe('not-found')
  const seen = await see(zubeida, { stepUp })
  expect(pageFaults(seen as Buffer)).toEqual([])
  const events = await platform.admin`
    select data from "user".events where stream = ${zubeida.userId} and type = 'user.kyc-own-page-viewed'`
  expect(events).toMatchObject([{ data: { documentId: document.id, page: 1 } }])
})

it('nobody is closed while there is money, and who asked can change their mind', async () => {
  // What a stranger asks of them does not keep them.
  await ravi.call(makeRequest, {
    params: { id: uuidv7() },
    body: { payerVpa: zubeida.vpa, payeeVpa: ravi.vpa, amountPaise: 1_00, note: 'for the cake' },
  })
  expect(await zubeida.call(showErasure, {})).toMatchObject({ state: 'none', obstacles: ['money'] })
  await expect(zubeida.call(requestErasure, { body: { stepUp } })).rejects.toMatchObject({
    code: 'wrong-state',
  })
  await pay(zubeida, { payeeVpa: ravi.vpa, amountPaise: 40_00 })
  await expect(zubeida.call(requestErasure, { body: {} })).rejects.toMatchObject({ code: 'step-up-required' })
  expect(await zubeida.call(requestErasure, { body: { stepUp } })).toMatchObject({ state: 'waiting' })
  expect(await zubeida.call(cancelErasure, {})).toMatchObject({ state: 'none' })
  await expect(zubeida.call(cancelErasure, {})).rejects.toMatchObject({ code: 'wrong-state' })
  await zubeida.call(requestErasure, { body: { stepUp } })
  // Strangers cannot keep them by paying them from now on.
  const paise = () => pay(ravi, { payeeVpa: zubeida.vpa, amountPaise: 1_00 })
  expect(await paise()).toMatchObject({ status: 'failed', failure: { code: 'ZY' } })
  const setClosing = (closing: boolean) => platform.admin`
    update account.ledger_accounts set is_closing = ${closing} where id in (
      select b.ledger_account_id from account.bank_accounts b
      join account.linked_accounts l on l.bank_account_id = b.id where l.user_id = ${zubeida.userId})`
  // As of one who asked the version before.
  await setClosing(false)
  expect(await paise()).toMatchObject({ status: 'settled' })
  await makeDue('erasure-close')
  const titles = async () =>
    (await zubeida.call(listMessages, { querystring: {} })).notifications.map(({ type }) => type)
  await expect.poll(titles).toContain('user.erasure-postponed')
  expect(await titles()).toContain('user.erasure-requested')
  expect(await zubeida.call(showErasure, {})).toMatchObject({ state: 'waiting', obstacles: ['money'] })
  const closing = () => platform.admin`select id from account.ledger_accounts where is_closing`
  await expect.poll(closing).toHaveLength(1)
  expect(await paise()).toMatchObject({ failure: { code: 'ZY' } })
  await pay(zubeida, { payeeVpa: ravi.vpa, amountPaise: 1_00 })
})

it('at its end the account is closed, and what no law keeps is gone', async () => {
  await makeDue('erasure-close')
  await expect.poll(statesOf).toMatchObject([{ state: 'closed', days: erasureRules.at(-1)!.lawDays }])
  await expect
    .poll(() => platform.admin`select from "user".profiles where user_id = ${zubeida.userId}`)
    .toEqual([])
  const asked = () => zubeida.call(showErasure, {}).catch((error: { code: string }) => error.code)
  // By the event, a moment later.
  await expect.poll(asked).toBe('unauthenticated')
  await expect(login(platform.url, { ...zubeida })).rejects.toMatchObject({ code: 'credentials-wrong' })
  await expect(ravi.call(resolveVpa, { params: { vpa: zubeida.vpa } })).rejects.toMatchObject({
    code: 'not-found',
  })
  expect((await ravi.call(listContacts, { querystring: {} })).contacts).toEqual([])
  // Who has the phone now is somebody else.
  await register(platform.url, { phone: zubeida.phone, name: 'Meera Iyer', password })
  await settled()
  expect(await found(['zuzu.q@example.in', 'Zwieback', '9876500017'])).toEqual([])
})

it('when the law asks for nothing any more, nothing is found, nothing opens, and the books balance', async () => {
  const rows = await platform.admin<{ eventId: string; data: Record<string, unknown> }[]>`
    select event_id, data from audit.records where data -> 'sealed' ? ${zubeida.userId}`
  expect(rows.length).toBeGreaterThan(5)
  const sql = connect(roleUrl(platform.databaseUrl, 'audit', 'test'), { max: 1 })
  const seal = createSeal('audit', platform.secrets.dataKeys['audit']!)
  expect(JSON.stringify(await openPersonal({ seal }, sql, rows))).toContain('marzipan')

  const before = published.length
  await makeDue('erasure-rest')
  await expect.poll(statesOf).toMatchObject([{ state: 'erased' }])
  await settled()
  await expect
    .poll(
      () =>
        platform.admin`select from "user".due_work where kind in ('kyc-file-deletion', 'export-deletion')`,
    )
    .toEqual([])

  // A dead letter that is older has nothing of her any more, and is replayed for whom else it is about.
  expect((await bus.deadLetters(queue)).length).toBeGreaterThan(0)
  expect(containing([JSON.stringify(await bus.deadLetters(queue))], seeded)).toEqual([])
  await bus.replay(queue)
  await settled()
  await expect.poll(() => bus.countDeadLetters(queue)).toBe(0)
  expect(await platform.admin`select from notification.messages where user_id = ${zubeida.userId}`).toEqual(
    [],
  )

  expect(await platform.bookFaults()).toEqual([])
  expect(await check(platform.admin, { quiescent: true })).toEqual([])
  // What retention deletes in the years between: messages of other people.
  await platform.admin`delete from notification.messages where user_id = ${ravi.userId}`
  await platform.admin`delete from notification.deliveries where user_id = ${ravi.userId}`
  expect(await found(seeded)).toEqual([])
  expect(published.length).toBeGreaterThan(before)
  expect(containing(published.slice(before), seeded)).toEqual([])
  expect(containing(published, neverPublished)).toEqual([])
  expect(logged.length).toBeGreaterThan(100)
  expect(containing(logged, seeded)).toEqual([])
  expect(JSON.stringify(await openPersonal({ seal }, sql, rows))).not.toMatch(new RegExp(seeded.join('|')))
  await sql.end()
  for (const schema of ['audit', 'user'])
    expect(
      await platform.admin`
        select key_sealed from ${platform.admin(schema)}.person_keys where user_id = ${zubeida.userId}`,
    ).toEqual([{ keySealed: null }])
  // Money is as it was, and their UPI ID is nobody's.
  const [paid] = await platform.admin`
    select sum(amount_paise)::int as paise, array_agg(distinct payer_vpa) as vpas from payment.payments
    where payer_user_id = ${zubeida.userId}`
  expect(paid).toEqual({ paise: 541_00, vpas: ['erased@bahi'] })
  await expect(
    ravi.call(createVpa, { body: { vpa: 'zuzu.q@bahi', accountId: ravi.accountId } }),
  ).rejects.toMatchObject({ code: 'vpa-taken' })
})
