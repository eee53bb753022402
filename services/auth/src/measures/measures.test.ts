// Measures about a person: by two of the staff, in effect at once, and against whoever signs in meanwhile.
import { login, refresh, resetPassword } from '@bahi/contracts/auth.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import * as contracts from '@bahi/contracts/measures.ts'
import { lookUpPerson, showPersonSignIn } from '@bahi/contracts/person-look-up.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { grantRole } from '@bahi/contracts/roles.ts'
import { refusal } from '@bahi/testing/problems.ts'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { goodPassword, startAuth } from '../testing.ts'
import { passwordTries } from '../tries/tries.ts'

let harness: Awaited<ReturnType<typeof startAuth>>
let maker: string
let checker: string
beforeAll(async () => {
  harness = await startAuth(inject('postgresUrl'))
  ;[maker, checker] = [await analyst(), await analyst()]
})
afterAll(() => harness.platform.stop())

async function person() {
  const { phone, tokens } = await harness.registered()
  return { phone, ...tokens }
}
async function analyst(): Promise<string> {
  const { userId } = await person()
  const grant = { params: { userId }, body: { role: 'risk-analyst' as const } }
  await harness.platform.as('sandbox')(grantRole, grant)
  return userId
}
const as = (userId: string) => harness.platform.person({ userId, roles: ['customer', 'risk-analyst'] })
const note = 'Three people report fraud'
const ask = (userId: string, kind: contracts.MeasureKind = 'freeze', id = uuidv7(), by = maker) =>
  as(by)(contracts.requestMeasure, { params: { id }, body: { userId, kind, note } })
const approve = (id: string, by = checker) => as(by)(contracts.approveMeasure, { params: { id } })
const decline = (id: string, by = checker) =>
  as(by)(contracts.declineMeasure, { params: { id }, body: { note: 'No proof of it' } })
const device = { id: 'device-1', name: 'Pixel' }
async function signIn({ phone }: { phone: string }, withCode = true) {
  harness.clock.advance(60_000)
  const otp = withCode ? { otp: await harness.codeFor(phone) } : {}
  return harness.anybody(login, { body: { phone, password: goodPassword, device, ...otp } })
}
const seen = (userId: string) => as(checker)(showPersonSignIn, { params: { userId } })

it('a freeze signs out at once, and lets nobody in until it ends', async () => {
  const asha = await person()
  const { id } = await ask(asha.userId)
  expect(await ask(asha.userId, 'freeze', id)).toMatchObject({ id, state: 'requested' })
  expect(harness.frozen).toEqual([])
  expect(await approve(id)).toMatchObject({ state: 'approved', decidedBy: checker, requestedBy: maker })
  expect(harness.frozen.splice(0)).toEqual([`payment ${asha.userId} frozen`, `account ${asha.userId} frozen`])
  expect(await refusal(harness.anybody(refresh, { body: { refreshToken: asha.refreshToken } }))).toEqual({
    code: 'refresh-token-invalid',
  })
  expect((await seen(asha.userId)).frozenAt).toBeDefined()
  // Only who has proven that it is them learns it.
  expect(await refusal(signIn(asha, false))).toEqual({ code: 'otp-required' })
  expect(await refusal(signIn(asha))).toEqual({ code: 'person-frozen' })
  const otp = await harness.codeFor(asha.phone, 'reset-password')
  const body = { phone: asha.phone, otp, newPassword: 'naya-khata-2026', device }
  expect(await refusal(harness.anybody(resetPassword, { body }))).toEqual({ code: 'person-frozen' })
  expect(await harness.published(id)).toMatchObject([
    {
      type: 'auth.measure-requested',
      data: { userId: asha.userId, actorId: maker, measure: 'freeze', note },
    },
    { type: 'auth.person-frozen', data: { userId: asha.userId, actorId: checker, note } },
  ])

  const end = await ask(asha.userId, 'unfreeze')
  await approve(end.id)
  expect(harness.frozen.splice(0)).toEqual([`payment ${asha.userId} free`, `account ${asha.userId} free`])
  expect(await signIn(asha)).toMatchObject({ userId: asha.userId })
  expect((await seen(asha.userId)).frozenAt).toBeUndefined()
})

it('tells who is frozen, and has proven that it is them, so at every try, and each code once', async () => {
  const asha = await person()
  await approve((await ask(asha.userId)).id)
  harness.frozen.length = 0
  const otp = await harness.codeFor(asha.phone)
  const body = { phone: asha.phone, password: goodPassword, device, otp }
  expect(await refusal(harness.anybody(login, { body }))).toEqual({ code: 'person-frozen' })
  expect(await refusal(harness.anybody(login, { body }))).toMatchObject({ code: 'otp-wrong' })
  const reset = { ...{ phone: asha.phone, newPassword: 'naya-khata-2026', device } }
  const resetOtp = await harness.codeFor(asha.phone, 'reset-password')
  const again = () => harness.anybody(resetPassword, { body: { ...reset, otp: resetOtp } })
  expect(await refusal(again())).toEqual({ code: 'person-frozen' })
  expect(await refusal(again())).toMatchObject({ code: 'otp-wrong' })
  for (let n = 0; n <= passwordTries.network.max; n++)
    expect(await refusal(signIn(asha))).toEqual({ code: 'person-frozen' })
  await approve((await ask(asha.userId, 'unfreeze')).id)
  harness.frozen.length = 0
  // The password is the one from before.
  expect(await signIn(asha)).toMatchObject({ userId: asha.userId })
})

it('ended sessions are begun again with a code', async () => {
  const asha = await person()
  await approve((await ask(asha.userId, 'end-sessions')).id)
  expect(harness.frozen).toEqual([])
  expect((await seen(asha.userId)).sessions).toEqual([])
  expect(await refusal(signIn(asha, false))).toEqual({ code: 'otp-required' })
  expect(await signIn(asha)).toMatchObject({ userId: asha.userId })
})

it('is decided by somebody else than who requested it, and never about oneself', async () => {
  const asha = await person()
  const { id } = await ask(asha.userId)
  expect(await refusal(approve(id, maker))).toMatchObject({ code: 'not-allowed' })
  expect(await refusal(approve(id, asha.userId))).toMatchObject({ code: 'not-allowed' })
  expect(await refusal(decline(id, asha.userId))).toMatchObject({ code: 'not-allowed' })
  expect(await refusal(ask(asha.userId, 'freeze', uuidv7(), asha.userId))).toMatchObject({
    code: 'not-allowed',
  })
  expect(await refusal(ask(asha.userId))).toMatchObject({ code: 'wrong-state' })
  expect(await refusal(ask(asha.userId, 'unfreeze', id))).toMatchObject({ code: 'id-reused' })
  expect(await refusal(ask(uuidv7()))).toMatchObject({ code: 'not-found' })
  expect(await decline(id)).toMatchObject({ state: 'declined', decisionNote: 'No proof of it' })
  expect(await refusal(approve(id))).toMatchObject({ code: 'wrong-state' })
  const support = harness.platform.person({ userId: uuidv7(), roles: ['customer', 'support'] })
  expect(await refusal(support(contracts.listMeasures, { querystring: {} }))).toMatchObject({
    code: 'not-allowed',
  })
  const page = await as(maker)(contracts.listMeasures, { querystring: { userId: asha.userId, limit: 1 } })
  expect(page.measures).toHaveLength(1)
  const { before } = { before: page.next! }
  const rest = await as(maker)(contracts.listMeasures, { querystring: { userId: asha.userId, before } })
  expect(rest.measures.map((one) => one.id)).toEqual([id])
})

it('is none while payment does not answer, and may be approved again; what waits too long is not', async () => {
  const asha = await person()
  const { id } = await ask(asha.userId)
  harness.fails.payment = new Problem('unavailable')
  expect(await refusal(approve(id))).toMatchObject({ code: 'unavailable' })
  delete harness.fails.payment
  expect((await seen(asha.userId)).sessions).toHaveLength(1)
  expect((await seen(asha.userId)).frozenAt).toBeUndefined()
  expect(await approve(id)).toMatchObject({ state: 'approved' })
  const ravi = await person()
  const late = await ask(ravi.userId)
  harness.clock.advance(7 * 24 * 3_600_000 + 1_000)
  expect(await refusal(approve(late.id))).toMatchObject({ code: 'wrong-state' })
  // It is in nobody's way.
  const anew = await ask(ravi.userId)
  expect(await ask(ravi.userId, 'freeze', late.id)).toMatchObject({ state: 'declined' })
  expect(await approve(anew.id)).toMatchObject({ state: 'approved' })
})

it('is not approved once who requested it is no risk analyst any more', async () => {
  const [asha, left] = [await person(), await analyst()]
  const { id } = await ask(asha.userId, 'freeze', uuidv7(), left)
  await harness.platform.database.admin`
    update auth.staff_grants set state = 'ended', ended_at = now(), end_note = 'Leaves' where user_id = ${left}`
  expect(await refusal(approve(id))).toMatchObject({ code: 'wrong-state' })
  expect((await seen(asha.userId)).frozenAt).toBeUndefined()
  expect(await decline(id)).toMatchObject({ state: 'declined' })
})

it('leaves nothing frozen behind when only payment learned of it, and it was declined', async () => {
  const asha = await person()
  const { id } = await ask(asha.userId)
  harness.fails.account = new Problem('unavailable')
  harness.frozen.length = 0
  expect(await refusal(approve(id))).toMatchObject({ code: 'unavailable' })
  delete harness.fails.account
  expect(harness.frozen.splice(0)).toEqual([`payment ${asha.userId} frozen`])
  harness.fails.payment = new Problem('unavailable')
  expect(await refusal(decline(id))).toMatchObject({ code: 'unavailable' })
  delete harness.fails.payment
  await decline(id)
  expect(harness.frozen.splice(0)).toEqual([`payment ${asha.userId} free`, `account ${asha.userId} free`])
  await approve((await ask(asha.userId)).id)
  const since = (await seen(asha.userId)).frozenAt
  harness.clock.advance(60_000)
  await approve((await ask(asha.userId)).id)
  expect((await seen(asha.userId)).frozenAt).toBe(since)
  harness.frozen.length = 0
  // Nor anybody free whose freeze did not end.
  const end = await ask(asha.userId, 'unfreeze')
  harness.fails.account = new Problem('unavailable')
  expect(await refusal(approve(end.id))).toMatchObject({ code: 'unavailable' })
  delete harness.fails.account
  await decline(end.id)
  expect(harness.frozen.splice(0)).toEqual([
    ...[`payment ${asha.userId} free`, `payment ${asha.userId} frozen`, `account ${asha.userId} frozen`],
  ])
})

it('leaves no session that began while it was approved', async () => {
  const asha = await person()
  const { id } = await ask(asha.userId)
  const otp = await harness.codeFor(asha.phone)
  const body = { phone: asha.phone, password: goodPassword, device, otp }
  const [, entered] = await Promise.all([
    approve(id),
    harness.anybody(login, { body }).then(
      () => 'in',
      ({ code }: Problem) => code,
    ),
  ])
  expect(['in', 'person-frozen', 'otp-required']).toContain(entered)
  expect((await seen(asha.userId)).sessions).toEqual([])
})

it('the sign-in of a person is shown to staff, with sessions and devices', async () => {
  const asha = await person()
  const support = harness.platform.person({ userId: uuidv7(), roles: ['customer', 'support'] })
  expect(await support(lookUpPerson, { querystring: { phone: asha.phone } })).toEqual({ userId: asha.userId })
  const shown = await support(showPersonSignIn, { params: { userId: asha.userId } })
  expect(shown).toMatchObject({ sessions: [{ begunBy: 'registration' }], roles: [] })
  expect(shown.devices).toHaveLength(1)
  const params = { userId: uuidv7() }
  expect(await refusal(support(showPersonSignIn, { params }))).toEqual({ code: 'not-found' })
  const other = harness.platform.person({ userId: asha.userId, roles: ['customer'] })
  expect(await refusal(other(showPersonSignIn, { params }))).toMatchObject({ code: 'not-allowed' })
})
