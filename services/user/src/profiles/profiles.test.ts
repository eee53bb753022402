// Profiles through the API: creating, reading and changing them.
import { Readable } from 'node:stream'
import type { Input } from '@bahi/contracts/call.ts'
import { putContact } from '@bahi/contracts/contacts.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import type { sendNotice } from '@bahi/contracts/notification.ts'
import { Problem, toDocument } from '@bahi/contracts/problem.ts'
import type { verifyStepUp } from '@bahi/contracts/step-up.ts'
import {
  changeMe,
  changeProfilePhone,
  confirmEmail,
  createProfile,
  me,
  profilesOf,
  resendEmailCode,
} from '@bahi/contracts/user.ts'
import type { Transport } from '@bahi/kit/transport/transport.ts'
import { testPlatform, type TestPlatform } from '@bahi/testing/platform.ts'
import { refusal } from '@bahi/testing/problems.ts'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { service } from '../app.ts'

let platform: TestPlatform
const stepUp = { password: 'khata-kholo-2026' }
const notices: Input<typeof sendNotice>['body'][] = []
let refusesNotices = false
/** auth, which verifies proofs, and notification. */
const stub: Transport = (_service, request) => {
  const body = JSON.parse(request.body as string) as Input<typeof verifyStepUp | typeof sendNotice>['body']
  const problem =
    'stepUp' in body
      ? ('password' in body.stepUp && body.stepUp.password === stepUp.password) ||
        new Problem('password-wrong')
      : !refusesNotices || new Problem('unavailable')
  if (!('stepUp' in body) && problem === true) notices.push(body)
  const answer = problem === true ? { userId: uuidv7(), id: uuidv7() } : toDocument(problem as Problem)
  const status = problem === true ? ('stepUp' in body ? 200 : 202) : (problem as Problem).status
  return Promise.resolve({ status, headers: {}, body: Readable.from([JSON.stringify(answer)]) })
}
beforeAll(async () => {
  platform = await testPlatform(inject('postgresUrl'), { services: [service], stubs: stub })
})
afterAll(() => platform.stop())

const phone = '+919876543210'
const create = (userId: string, body = { name: 'Asha Rao', phone }) =>
  platform.as('auth')(createProfile, { params: { userId }, body })
const person = (userId: string) => platform.person({ userId })
async function newPerson(): Promise<string> {
  const userId = uuidv7()
  await create(userId)
  return userId
}
const eventsOf = (userId: string) =>
  platform.database.admin`
    select type, version, data from "user".events where stream = ${userId} order by version`

describe('creating a profile', () => {
  it('is idempotent, also for concurrent requests', async () => {
    const userId = uuidv7()
    const answers = await Promise.all(Array.from({ length: 8 }, () => create(userId)))
    expect(answers).toEqual(Array(8).fill({ userId }))
    expect(await eventsOf(userId)).toEqual([{ type: 'user.profile-created', version: 1, data: { userId } }])
  })

  it('keeps the first name when a registration is repeated with another', async () => {
    const userId = await newPerson()
    expect(await create(userId, { name: 'Asha', phone })).toEqual({ userId })
    expect(await person(userId)(me, {})).toMatchObject({ name: 'Asha Rao', phone, language: 'en' })
  })

  it('refuses an id that belongs to another phone', async () => {
    const userId = await newPerson()
    await expect(create(userId, { name: 'Asha Rao', phone: '+919876543211' })).rejects.toMatchObject({
      code: 'id-reused',
    })
  })

  it('stores the name composed, with single blanks', async () => {
    const userId = uuidv7()
    await create(userId, { name: ' S/O  Jose\u0301 रमेश ', phone })
    expect(await person(userId)(me, {})).toMatchObject({ name: 'S/O José रमेश' })
  })

  it('accepts the id in any case as the same id', async () => {
    const userId = await newPerson()
    expect(await create(userId.toUpperCase())).toEqual({ userId })
  })

  it.each([
    ['an invalid name', { name: '<script>', phone }],
    ['a name too long', { name: 'a'.repeat(100), phone }],
    ['a name that nobody sees', { name: '\u3164', phone }],
    ['a name that passes for another', { name: 'Аsha Rao', phone }],
    ['a foreign phone', { name: 'Asha', phone: '+14155550100' }],
    ['an unknown field', { name: 'Asha', phone, role: 'operator' }],
    ['a phone that is a number', { name: 'Asha', phone: 919876543210 as unknown as string }],
  ])('refuses %s', async (_, body) => {
    await expect(create(uuidv7(), body)).rejects.toMatchObject({ code: 'request-invalid' })
  })

  it('refuses an invalid id', async () => {
    for (const userId of ['1', `urn:uuid:${uuidv7()}`, "' or 1=1"]) {
      await expect(create(userId)).rejects.toMatchObject({ code: 'request-invalid' })
    }
  })

  it.each(['gateway', 'payment', 'user'] as const)('is not allowed for %s', async (caller) => {
    const body = { name: 'Asha', phone }
    await expect(
      platform.as(caller)(createProfile, { params: { userId: uuidv7() }, body }),
    ).rejects.toMatchObject({ code: 'caller-not-allowed' })
  })
})

describe('the database', () => {
  it('contains neither name, phone nor e-mail in clear text', async () => {
    const userId = await newPerson()
    await person(userId)(changeMe, { body: { name: 'Zubeida Rao', email: 'asha@example.in', stepUp } })
    const body = { name: 'Quartermain', favourite: true, changedAt: new Date().toISOString() }
    await person(userId)(putContact, { params: { vpa: 'ravi@bahi' }, body })
    const rows = await platform.database.admin`
      select p::text as text from "user".profiles p union all select c::text from "user".contacts c`
    const events = await platform.database.admin`select e::text as text from "user".events e`
    const text = JSON.stringify([rows, events])
    expect(text).toContain(userId)
    expect(text).not.toMatch(/9876543210|asha@example|Asha|Zubeida|Quartermain/)
  })
})

describe('my profile', () => {
  it('is not found for a person without one', async () => {
    const nobody = person(uuidv7())
    await expect(nobody(me, {})).rejects.toMatchObject({ code: 'not-found', status: 404 })
    await expect(nobody(changeMe, { body: { name: 'Ravi' } })).rejects.toMatchObject({ code: 'not-found' })
  })

  it('needs a person', async () => {
    await expect(platform.anybody(me, {})).rejects.toMatchObject({ code: 'unauthenticated' })
    await expect(platform.as('payment')(me, {})).rejects.toMatchObject({ code: 'caller-not-allowed' })
  })

  /** The code that was mailed last. */
  const mailed = () =>
    notices.findLast(({ template }) => template === 'user.email-code')?.values?.['otp'] ?? ''
  const confirm = (userId: string, otp = mailed()) => person(userId)(confirmEmail, { body: { otp } })
  async function withEmail(email = 'asha@example.in'): Promise<string> {
    const userId = await newPerson()
    await person(userId)(changeMe, { body: { email, stepUp } })
    await confirm(userId)
    return userId
  }
  const sentTo = (userIds: string[]) =>
    platform
      .as('notification')(profilesOf, { body: { userIds } })
      .then(({ profiles }) => profiles.map((one) => [one.email, 'emailPending' in one]))

  it('has another e-mail only with a proof, and the address until now is notified', async () => {
    const userId = await newPerson()
    notices.length = 0
    const change = (email: string | null, proof?: object) =>
      person(userId)(changeMe, { body: { email, ...proof } as never })
    await expect(change('thief@example.in')).rejects.toMatchObject({ code: 'step-up-required' })
    const wrong = { stepUp: { password: 'wrong' } }
    await expect(change('thief@example.in', wrong)).rejects.toMatchObject({ code: 'password-wrong' })
    expect(await person(userId)(me, {})).not.toHaveProperty('email')
    await change('asha@example.in', { stepUp })
    expect(notices.map(({ email, template }) => [email, template])).toEqual([
      ['asha@example.in', 'user.email-code'],
    ])
    await confirm(userId)
    for (const next of ['asha@example.org', null])
      await expect(change(next)).rejects.toMatchObject({ code: 'step-up-required' })
    // The same again is no change.
    await change('asha@example.in')
    await change('asha@example.org', { stepUp })
    refusesNotices = true
    await expect(confirm(userId)).rejects.toMatchObject({ code: 'unavailable' })
    expect(await person(userId)(me, {})).toMatchObject({ email: 'asha@example.in' })
    refusesNotices = false
    await confirm(userId)
    await change(null, { stepUp })
    const changed = notices.filter(({ template }) => template === 'user.email-changed')
    expect(changed.map(({ email }) => email)).toEqual(['asha@example.in', 'asha@example.org'])
  })

  it('loses no e-mail without a proof that is confirmed just then', async () => {
    const userId = await newPerson()
    await person(userId)(changeMe, { body: { email: 'asha@example.in', stepUp } })
    const { admin } = platform.database
    const waiting = (count: number) =>
      expect
        .poll(
          () => admin`
            select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        )
        .toHaveLength(count)
    const begun = await admin.begin(async (tx) => {
      await tx`select from "user".profiles where user_id = ${userId} for update`
      const confirmed = confirm(userId)
      await waiting(1)
      const removed = refusal(person(userId)(changeMe, { body: { email: null } }))
      await waiting(2)
      return { confirmed, removed }
    })
    await begun.confirmed
    expect(await begun.removed).toMatchObject({ code: 'step-up-required' })
    expect(await person(userId)(me, {})).toMatchObject({ email: 'asha@example.in' })
  })

  it('has an e-mail that gets mail only once its own code was entered, once, in time, in a few tries', async () => {
    const userId = await withEmail()
    const ravi = await withEmail('ravi@example.in')
    // Of somebody else, who would read what is mailed there.
    const change = (email: string) => person(userId)(changeMe, { body: { email, stepUp } })
    expect(await change('victim@example.org')).toMatchObject({
      ...{ email: 'asha@example.in', emailPending: 'victim@example.org' },
    })
    const first = mailed()
    expect(await sentTo([userId])).toEqual([['asha@example.in', false]])
    await expect(confirm(ravi, first)).rejects.toMatchObject({ code: 'otp-wrong' })
    const other = first === '000000' ? '000001' : '000000'
    await expect(confirm(userId, other)).rejects.toMatchObject({
      code: 'otp-wrong',
      extras: { triesLeft: 4 },
    })
    const guesses = await Promise.allSettled(Array.from({ length: 20 }, () => confirm(userId, other)))
    expect(guesses.every(({ status }) => status === 'rejected')).toBe(true)
    await expect(confirm(userId, first)).rejects.toMatchObject({ code: 'otp-wrong' })
    expect(await sentTo([userId])).toEqual([['asha@example.in', false]])

    // The code of one address is none of another, and an older one none of a newer.
    await change('asha@example.org')
    const older = mailed()
    await person(userId)(resendEmailCode, {})
    if (older !== mailed()) await expect(confirm(userId, older)).rejects.toMatchObject({ code: 'otp-wrong' })
    await platform.database.admin`
      update "user".profiles set email_code_expires_at = now() - interval '1 second' where user_id = ${userId}`
    await expect(confirm(userId)).rejects.toMatchObject({ code: 'otp-wrong' })
    await person(userId)(resendEmailCode, {})
    const uses = await Promise.allSettled(Array.from({ length: 5 }, () => confirm(userId)))
    expect(uses.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await sentTo([userId])).toEqual([['asha@example.org', false]])
    await expect(person(userId)(resendEmailCode, {})).rejects.toMatchObject({ code: 'wrong-state' })
  })

  it('fills nobody’s mailbox with codes', async () => {
    const userId = await newPerson()
    await person(userId)(changeMe, { body: { email: 'victim@example.com', stepUp } })
    const more = await Promise.allSettled(
      Array.from({ length: 9 }, () => person(userId)(resendEmailCode, {})),
    )
    expect(more.filter(({ status }) => status === 'fulfilled')).toHaveLength(5)
    expect(more.find((one) => one.status === 'rejected')).toMatchObject({ reason: { code: 'rate-limited' } })
  })

  it('changes, and the event has the names of the fields only', async () => {
    const userId = await newPerson()
    const changed = await person(userId)(changeMe, {
      body: { email: 'asha@example.in', language: 'hi', stepUp },
    })
    expect(changed).toMatchObject({
      userId,
      name: 'Asha Rao',
      emailPending: 'asha@example.in',
      language: 'hi',
    })
    expect(await person(userId)(me, {})).toEqual(changed)
    expect((await eventsOf(userId)).at(-1)).toEqual({
      type: 'user.profile-changed',
      version: 2,
      data: { userId, fields: ['emailPending', 'language'] },
    })
    await confirm(userId)
    expect((await eventsOf(userId)).at(-1)).toMatchObject({ data: { userId, fields: ['email'] } })
  })

  it('has its e-mail removed by null', async () => {
    const userId = await withEmail()
    expect(await person(userId)(changeMe, { body: { email: null, stepUp } })).not.toHaveProperty('email')
    expect(await person(userId)(me, {})).not.toHaveProperty('email')
  })

  it('a change without a difference appends no event', async () => {
    const userId = await newPerson()
    await person(userId)(changeMe, { body: { name: 'Asha Rao', email: null, language: 'en' } })
    expect(await eventsOf(userId)).toHaveLength(1)
  })

  it('loses no change under concurrency', async () => {
    const userId = await newPerson()
    await Promise.all([
      person(userId)(changeMe, { body: { name: 'Asha Devi' } }),
      person(userId)(changeMe, { body: { email: 'devi@example.in', stepUp } }),
      person(userId)(changeMe, { body: { language: 'hi' } }),
    ])
    const now = await person(userId)(me, {})
    expect(now).toMatchObject({ name: 'Asha Devi', emailPending: 'devi@example.in', language: 'hi' })
    expect(await eventsOf(userId)).toHaveLength(4)
  })

  it('keeps the domain of an e-mail in ASCII', async () => {
    const userId = await newPerson()
    const changed = await person(userId)(changeMe, { body: { email: 'asha@उदाहरण.भारत', stepUp } })
    expect(changed.emailPending).toBe('asha@xn--p1b6ci4b4b3a.xn--h2brj9c')
    expect(await person(userId)(me, {})).toEqual(changed)
  })

  it.each([
    ['an empty body', {}],
    ['an invalid e-mail', { email: 'asha' }],
    ['an e-mail that hardly a server takes', { email: 'आशा@example.in' }],
    ['an e-mail too long', { email: `${'a'.repeat(250)}@example.in` }],
    ['an unknown language', { language: 'xx' }],
    ['a name of null', { name: null }],
    ['a phone', { phone: '+919876543211' }],
    ['another person', { userId: uuidv7(), name: 'Asha' }],
    ['a name of invisible characters', { name: '\u200B' }],
    ['sixty accents', { name: `A${'\u0301'.repeat(60)}sha` }],
  ])('refuses %s', async (_, body) => {
    const userId = await newPerson()
    await expect(person(userId)(changeMe, { body: body as never })).rejects.toMatchObject({
      code: 'request-invalid',
    })
  })
})

describe('profiles of many people', () => {
  it('finds each once and leaves out unknown ids', async () => {
    const [asha, ravi] = [await newPerson(), await newPerson()]
    const { profiles } = await platform.as('notification')(profilesOf, {
      body: { userIds: [ravi, asha, uuidv7(), asha] },
    })
    expect(profiles.map((p) => p.userId).sort()).toEqual([asha, ravi].sort())
    expect(profiles[0]).toMatchObject({ name: 'Asha Rao', phone })
  })

  it('names no phone that is somebody else’s by now, until there is another one', async () => {
    const userId = await newPerson()
    const move = (to: string | null) =>
      platform.as('auth')(changeProfilePhone, { params: { userId }, body: { phone: to } })
    const phoneOf = async () =>
      (await platform.as('notification')(profilesOf, { body: { userIds: [userId] } })).profiles[0]?.phone
    for (let i = 0; i < 2; i++) await move(null)
    expect(await phoneOf()).toBeUndefined()
    // The same one again is theirs again.
    await move(phone)
    expect(await phoneOf()).toBe(phone)
  })

  it('accepts up to 500 ids', async () => {
    const find = (count: number) =>
      platform.as('payment')(profilesOf, { body: { userIds: Array.from({ length: count }, () => uuidv7()) } })
    expect(await find(0)).toEqual({ profiles: [] })
    expect(await find(500)).toEqual({ profiles: [] })
    await expect(find(501)).rejects.toMatchObject({ code: 'request-invalid' })
  })

  it('is not allowed for audit and for people', async () => {
    const body = { userIds: [uuidv7()] }
    await expect(platform.as('audit')(profilesOf, { body })).rejects.toMatchObject({
      code: 'caller-not-allowed',
    })
    await expect(person(uuidv7())(profilesOf, { body })).rejects.toMatchObject({ code: 'caller-not-allowed' })
  })
})
