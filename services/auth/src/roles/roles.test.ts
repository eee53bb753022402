// Staff roles: appointed once, granted by two administrators, ended at once, and every step of it on record; and the
// second factor, without which no role counts.
import { login, refresh } from '@bahi/contracts/auth.ts'
import type { Call } from '@bahi/contracts/call.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import type { GrantedRole } from '@bahi/contracts/permissions.ts'
import type { Problem } from '@bahi/contracts/problem.ts'
import { listOwnClients, registerOwnClient } from '@bahi/contracts/oauth-apps.ts'
import * as contracts from '@bahi/contracts/roles.ts'
import * as factors from '@bahi/contracts/second-factor.ts'
import { recoveryCodeCount, totpStepS } from '@bahi/contracts/second-factor-rules.ts'
import { createSeal } from '@bahi/kit/crypto/seal.ts'
import { appendEvents } from '@bahi/kit/events/events.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { testDataKeys } from '@bahi/testing/platform.ts'
import { Secret, TOTP } from 'otpauth'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { goodPassword, startAuth } from '../testing.ts'
import { resetByCommand } from '../second-factor/reset.ts'
import { secondFactorTries } from '../tries/tries.ts'
import { appointAdministrators } from './appoint.ts'
import { dayMs } from './grant.ts'

type Member = { userId: string; phone: string; sessionId: string; refreshToken: string; call: Call }

const stepUp = { password: goodPassword }
const note = 'Joins the team of the west'
let harness: Awaited<ReturnType<typeof startAuth>>
let aditi: Member
let arjun: Member
beforeAll(async () => {
  harness = await startAuth(inject('postgresUrl'))
  ;[aditi, arjun] = [await member(), await member()]
})
afterAll(() => harness.platform.stop())

async function member(): Promise<Member> {
  const { phone, tokens } = await harness.registered()
  const claims = Buffer.from(tokens.accessToken.split('.')[1]!, 'base64url').toString()
  const { sid } = JSON.parse(claims) as { sid: string }
  const who = {
    userId: tokens.userId,
    sessionId: sid,
    roles: ['customer' as const, 'administrator' as const],
  }
  const call = harness.platform.person(who)
  return { userId: tokens.userId, phone, sessionId: sid, refreshToken: tokens.refreshToken, call }
}

/** As the command has it, which owns the database. */
function commandDeps(): Parameters<typeof appointAdministrators>[0] {
  const { admin } = harness.platform.database
  return {
    clock: harness.clock,
    seal: createSeal('auth', testDataKeys),
    transaction: <T>(run: (tx: Tx) => Promise<T>) =>
      admin.begin(async (tx) => {
        await tx`set local search_path = auth`
        return run(tx)
      }) as Promise<T>,
    append: (tx, ...events) => appendEvents(tx, harness.clock.now(), events),
  }
}

function appoint(...people: Member[]): Promise<string[]> {
  const phones = people.map(({ phone }) => phone)
  return appointAdministrators(commandDeps(), phones, 'first administrators')
}

const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'done',
    (error: Problem) => error.code,
  )
const ask = (by: Member, { phone }: Member, role: GrantedRole = 'support', id = uuidv7(), days = 30) =>
  by.call(contracts.requestRoleGrant, { params: { id }, body: { phone, role, note, days, stepUp } })
const approve = (by: Member, id: string) =>
  by.call(contracts.approveRoleGrant, { params: { id }, body: { stepUp } })
const revoke = (by: Member, id: string) =>
  by.call(contracts.revokeRoleGrant, { params: { id }, body: { note: 'Leaves the team' } })
const rolesOf = async ({ sessionId }: Member) =>
  (await harness.platform.as('gateway')(contracts.rolesOfSession, { params: { id: sessionId } })).roles
const activeOf = async ({ userId }: Member, role: GrantedRole) =>
  (await aditi.call(contracts.listRoleGrants, { querystring: { userId, role, state: 'active' } })).grants[0]
const typesOf = async (id: string) => (await harness.published(id)).map(({ type }) => type)

it('the first administrators are two, and appointed once', async () => {
  expect(await codeOf(appoint(aditi))).toBe('wrong-state')
  expect(await codeOf(appoint(aditi, aditi))).toBe('wrong-state')
  expect(await codeOf(appoint(aditi, { ...arjun, phone: harness.newPhone() }))).toBe('not-found')
  const both = await Promise.allSettled([appoint(aditi, arjun), appoint(aditi, arjun)])
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(await codeOf(appoint(await member(), await member()))).toBe('wrong-state')
  expect(await rolesOf(aditi)).toEqual(['customer', 'administrator'])
  expect(await typesOf((await activeOf(arjun, 'administrator'))!.id)).toEqual(['auth.role-granted'])
})

it('a role needs two administrators, and nobody can be one of them for themselves', async () => {
  const sunita = await member()
  const id = uuidv7()
  expect(await codeOf(ask(aditi, aditi, 'auditor'))).toBe('not-allowed')
  expect(await ask(aditi, sunita, 'support', id)).toMatchObject({ state: 'requested', userId: sunita.userId })
  expect(await ask(aditi, sunita, 'support', id)).toMatchObject({ id, state: 'requested' })
  expect(await codeOf(ask(aditi, sunita, 'auditor', id))).toBe('id-reused')
  expect(await codeOf(ask(arjun, sunita))).toBe('wrong-state')
  expect(await rolesOf(sunita)).toEqual(['customer'])
  expect(await codeOf(approve(aditi, id))).toBe('not-allowed')
  expect(await codeOf(approve(sunita, id))).toBe('not-allowed')
  const wrong = { params: { id }, body: { stepUp: { password: 'a guess at it' } } }
  expect(await codeOf(arjun.call(contracts.approveRoleGrant, wrong))).toBe('password-wrong')
  const tries = await Promise.all([1, 2, 3].map(() => codeOf(approve(arjun, id))))
  expect(tries.sort()).toEqual(['done', 'wrong-state', 'wrong-state'])
  expect(await rolesOf(sunita)).toEqual(['customer', 'support'])
  const [asked, granted, ...more] = await harness.published(id)
  expect(more).toEqual([])
  expect(asked).toMatchObject({ type: 'auth.role-requested', data: { actorId: aditi.userId, note } })
  expect(granted).toMatchObject({
    type: 'auth.role-granted',
    data: { userId: sunita.userId, role: 'support', actorId: arjun.userId, makerId: aditi.userId },
  })
})

describe('the second factor', () => {
  const stepMs = totpStepS * 1_000
  const codeOfApp = (secret: string, steps = 0) =>
    TOTP.generate({
      secret: Secret.fromBase32(secret),
      timestamp: harness.clock.now().getTime() + steps * stepMs,
    })
  const amrOf = async ({ sessionId }: Pick<Member, 'sessionId'>) =>
    (await harness.platform.as('gateway')(contracts.rolesOfSession, { params: { id: sessionId } })).amr
  const prove = (who: Pick<Member, 'call'>, code: string) =>
    who.call(factors.proveSecondFactor, { body: { code } })
  const recover = (who: Pick<Member, 'call'>, recoveryCode: string) =>
    who.call(factors.proveSecondFactor, { body: { recoveryCode } })
  async function enrol(who: Member) {
    const { secret, uri } = await who.call(factors.beginTotp, {})
    expect(uri).toContain(`secret=${secret}`)
    const { recoveryCodes } = await who.call(factors.confirmTotp, { body: { code: codeOfApp(secret) } })
    return { secret, recoveryCodes }
  }
  /** Another session of the same person: on that device, by password, and by code where it is new. */
  async function signedIn({ phone, userId }: Member, deviceId: string): Promise<Member> {
    const body = { phone, password: goodPassword, device: { id: deviceId, name: deviceId } }
    const { accessToken, refreshToken } = await harness.anybody(login, { body }).catch(async () => {
      const otp = await harness.codeFor(phone)
      return harness.anybody(login, { body: { ...body, otp } })
    })
    const { sid: sessionId } = JSON.parse(
      Buffer.from(accessToken.split('.')[1]!, 'base64url').toString(),
    ) as { sid: string }
    const call = harness.platform.person({ userId, sessionId, deviceId, roles: ['customer', 'support'] })
    return { userId, phone, sessionId, refreshToken, call }
  }
  async function staff(): Promise<Member> {
    const person = await member()
    const { id } = await ask(aditi, person)
    await approve(arjun, id)
    return person
  }

  it('is enrolled by staff right after signing in, sealed at rest, and counts for hours', async () => {
    expect(await codeOf((await member()).call(factors.beginTotp, {}))).toBe('wrong-state')
    const person = await staff()
    expect(await person.call(factors.readSecondFactor, {})).toEqual({
      ...{ isNeeded: true, isProven: false, methods: [], recoveryCodesLeft: 0 },
    })
    expect(await amrOf(person)).toEqual(['pwd', 'sms'])
    expect(await codeOf(prove(person, '000000'))).toBe('wrong-state')
    const { secret, recoveryCodes } = await enrol(person)
    expect(new Set(recoveryCodes).size).toBe(recoveryCodeCount)
    expect(await amrOf(person)).toEqual(['pwd', 'sms', 'otp', 'mfa'])
    const { admin } = harness.platform.database
    const rows = await admin`
      select t::text as row from auth.totp_secrets t union all select c::text from auth.recovery_codes c`
    for (const plain of [secret, ...recoveryCodes]) expect(JSON.stringify(rows)).not.toContain(plain)
    expect((await harness.published(person.userId)).map(({ type }) => type)).toContain(
      'auth.second-factor-enrolled',
    )
    // A refresh keeps it, and its token says so.
    const { accessToken } = await harness.anybody(refresh, { body: { refreshToken: person.refreshToken } })
    expect(Buffer.from(accessToken.split('.')[1]!, 'base64url').toString()).toContain('"mfa"')
    harness.clock.advance(12 * 3_600_000)
    expect(await amrOf(person)).toEqual(['pwd', 'sms'])
    await prove(person, codeOfApp(secret))
    expect(await amrOf(person)).toContain('mfa')
  })

  it('is enrolled by nobody who only has a session: not later, and not in the place of another', async () => {
    const late = await staff()
    harness.clock.advance(16 * 60_000)
    expect(await codeOf(late.call(factors.beginTotp, {}))).toBe('wrong-state')
    const person = await staff()
    const { secret } = await enrol(person)
    const thief = await signedIn(person, 'tablet')
    for (const attempt of [
      () => thief.call(factors.beginTotp, {}),
      () => thief.call(factors.confirmTotp, { body: { code: codeOfApp(secret, 1) } }),
      () => thief.call(factors.renewRecoveryCodes, {}),
    ])
      expect(await codeOf(attempt())).toBe('second-factor-required')
    expect(await amrOf(thief)).not.toContain('mfa')
    // Another app takes the place of the first.
    const next = await enrol(person)
    expect(await codeOf(prove(thief, codeOfApp(secret, 1)))).toBe('second-factor-wrong')
    await prove(thief, codeOfApp(next.secret, 1))
  })

  it('takes each code once, also under concurrency, a step early or late, and no older one', async () => {
    const person = await staff()
    const { secret, recoveryCodes } = await enrol(person)
    expect(await codeOf(prove(person, codeOfApp(secret)))).toBe('second-factor-wrong')
    const races = await Promise.all([1, 2, 3, 4].map(() => codeOf(prove(person, codeOfApp(secret, 1)))))
    expect(races.sort()).toEqual(['done', ...Array<string>(3).fill('second-factor-wrong')])
    harness.clock.advance(10 * stepMs)
    expect(await codeOf(prove(person, codeOfApp(secret, -2)))).toBe('second-factor-wrong')
    await prove(person, codeOfApp(secret, -1))
    expect(await codeOf(prove(person, codeOfApp(secret, -1)))).toBe('second-factor-wrong')
    const [first = ''] = recoveryCodes
    await recover(person, first.toUpperCase().replaceAll('-', ' '))
    expect(await codeOf(recover(person, first))).toBe('second-factor-wrong')
    expect((await person.call(factors.readSecondFactor, {})).recoveryCodesLeft).toBe(recoveryCodeCount - 1)
    const renewed = await person.call(factors.renewRecoveryCodes, {})
    expect(await codeOf(recover(person, recoveryCodes[1]!))).toBe('second-factor-wrong')
    const people = (tx: Tx) => tx`select from auth.people where id = ${person.userId} for update`
    const atOnce = () => renewed.recoveryCodes.slice(0, 2).map((code) => recover(person, code))
    await Promise.all((await harness.meanwhile(people, atOnce, 2)).all)
    const left = (await harness.published(person.userId)).map(({ data }) => data['codesLeft'])
    expect(left.filter(Number)).toEqual([recoveryCodeCount - 1, recoveryCodeCount - 1, recoveryCodeCount - 2])
  })

  it('cannot be guessed by who knows the password, who locks nobody out with it', async () => {
    const person = await staff()
    const { secret, recoveryCodes } = await enrol(person)
    const { session, person: all } = secondFactorTries
    for (let devices = 0; devices < all.max / session.max; devices++) {
      const thief = await signedIn(person, `tablet-${devices}`)
      const guesses = []
      for (let tries = 0; tries <= session.max; tries++)
        guesses.push(await codeOf(prove(thief, tries < session.max ? '000000' : codeOfApp(secret, 1))))
      // The enrolment was a try too.
      const wrong = devices < all.max / session.max - 1 ? session.max : session.max - 1
      expect(guesses.filter((code) => code === 'second-factor-wrong')).toHaveLength(wrong)
      expect(guesses.filter((code) => code === 'login-locked')).toHaveLength(session.max + 1 - wrong)
    }
    harness.clock.advance(3_600_000)
    // A device of their own goes on, and a new one by a code on paper.
    const [known, fresh] = [await signedIn(person, 'device-1'), await signedIn(person, 'laptop')]
    expect(await codeOf(prove(fresh, codeOfApp(secret, 1)))).toBe('login-locked')
    await recover(fresh, recoveryCodes[0]!)
    expect(await amrOf(fresh)).toContain('mfa')
    await prove(known, codeOfApp(secret, 1))
    const types = (await harness.published(person.userId)).map(({ type }) => type)
    expect(types).toContain('auth.second-factor-locked')
  })

  it('that is lost is reset by two administrators, or by the command: its person enrols anew', async () => {
    const person = await staff()
    const { secret, recoveryCodes } = await enrol(person)
    const params = { id: uuidv7() }
    const body = { phone: person.phone, note: 'Lost the phone', stepUp }
    const request = (by: Member, more: object = {}) =>
      by.call(factors.requestSecondFactorReset, { params, body: { ...body, ...more } })
    const approveReset = (by: Member) =>
      by.call(factors.approveSecondFactorReset, { params, body: { stepUp } })
    expect(await codeOf(request(aditi, { phone: aditi.phone }))).toBe('not-allowed')
    expect(await request(aditi)).toMatchObject({ state: 'requested', userId: person.userId })
    expect(await codeOf(request(arjun))).toBe('id-reused')
    expect([await codeOf(approveReset(aditi)), await codeOf(approveReset(person))]).toEqual([
      ...['not-allowed', 'not-allowed'],
    ])
    expect(await codeOf(prove(person, codeOfApp(secret, 1)))).toBe('done')
    const both = await Promise.all([codeOf(approveReset(arjun)), codeOf(approveReset(arjun))])
    expect(both.sort()).toEqual(['done', 'wrong-state'])
    expect(await codeOf(amrOf(person))).toBe('not-found')
    expect(await typesOf(params.id)).toEqual([
      ...['auth.second-factor-reset-requested', 'auth.second-factor-reset'],
    ])
    const again = await signedIn(person, 'device-1')
    expect(await codeOf(recover(again, recoveryCodes[1]!))).toBe('wrong-state')
    const next = await enrol(again)
    await resetByCommand(commandDeps(), person.phone, 'both administrators are on leave')
    const last = await signedIn(person, 'device-1')
    expect(await codeOf(prove(last, codeOfApp(next.secret, 1)))).toBe('wrong-state')
    await enrol(last)
    const { resets } = await aditi.call(factors.listSecondFactorResets, {})
    expect(resets).toMatchObject([{ id: params.id, state: 'approved', decidedBy: arjun.userId }])
  })
})

it('one administrator ends it at once: the person is signed out everywhere', async () => {
  const ravi = await member()
  const { id } = await ask(aditi, ravi, 'operator')
  await approve(arjun, id)
  expect(await rolesOf(ravi)).toEqual(['customer', 'operator'])
  expect(await revoke(aditi, id)).toMatchObject({ state: 'ended', endedBy: aditi.userId })
  expect(await codeOf(rolesOf(ravi))).toBe('not-found')
  expect(await harness.cache.get(`session-ended:${ravi.sessionId}`)).toBeDefined()
  const { refreshToken } = ravi
  expect(await codeOf(harness.anybody(refresh, { body: { refreshToken } }))).toBe('refresh-token-invalid')
  expect((await harness.published(ravi.sessionId)).at(-1)).toMatchObject({
    type: 'auth.session-ended',
    data: { reason: 'role-ended' },
  })
  expect(await codeOf(revoke(aditi, id))).toBe('wrong-state')
  expect(await typesOf(id)).toEqual(['auth.role-requested', 'auth.role-granted', 'auth.role-ended'])
})

it('a merchant’s role is granted like staff’s, and its end ends the apps of their own', async () => {
  const shop = await member()
  const { id } = await ask(aditi, shop, 'merchant')
  await approve(arjun, id)
  expect(await rolesOf(shop)).toEqual(['customer', 'merchant'])
  const merchant = harness.platform.person({ ...shop, roles: ['customer', 'merchant'] })
  const body = { label: 'Till', scopes: ['payments:read' as const], asksForPayments: false, stepUp }
  const { client } = await merchant(registerOwnClient, { body })
  expect(client.name).toBe('Asha Rao · Till')
  const [grant] = await harness.platform.database.admin<{ grantId: string }[]>`
    select grant_id as "grantId" from auth.oauth_records where client_id = ${client.clientId} and kind = 'Grant'`
  await revoke(aditi, id)
  expect(await merchant(listOwnClients, {})).toEqual({ clients: [] })
  expect(await harness.cache.get(`session-ended:${grant!.grantId}`)).toBeDefined()
  expect(await typesOf(client.clientId)).toEqual(['auth.client-registered', 'auth.client-removed'])
  expect(await typesOf(grant!.grantId)).toEqual(['auth.app-connected', 'auth.app-disconnected'])
})

it('a request is declined, by its maker too, and its person may be asked for again', async () => {
  const person = await member()
  const { id } = await ask(aditi, person)
  const body = { note: 'The wrong person' }
  expect(await aditi.call(contracts.declineRoleGrant, { params: { id }, body })).toMatchObject({
    state: 'declined',
    endNote: body.note,
  })
  expect((await harness.published(id)).at(-1)!.data).toMatchObject({ makerId: aditi.userId })
  expect(await codeOf(approve(arjun, id))).toBe('wrong-state')
  expect(await codeOf(ask(aditi, person))).toBe('done')
})

it('a role is renewed by another grant of it, without an hour without', async () => {
  const person = await member()
  const first = await ask(aditi, person, 'auditor')
  await approve(arjun, first.id)
  const second = await ask(arjun, person, 'auditor', uuidv7(), 90)
  await approve(aditi, second.id)
  expect(await rolesOf(person)).toEqual(['customer', 'auditor'])
  expect((await activeOf(person, 'auditor'))!.id).toBe(second.id)
  expect((await harness.published(first.id)).at(-1)!.data).toMatchObject({ renewed: true })
})

it('two administrators who end each other’s grant leave one, who cannot be removed', async () => {
  const [mine, yours] = [await activeOf(aditi, 'administrator'), await activeOf(arjun, 'administrator')]
  const { id: waiting } = await ask(aditi, await member())
  const { id: alsoWaiting } = await ask(arjun, await member())
  const results = await Promise.all([codeOf(revoke(aditi, yours!.id)), codeOf(revoke(arjun, mine!.id))])
  expect(results.sort()).toEqual(['done', 'wrong-state'])
  const [last, gone] = (await activeOf(aditi, 'administrator')) ? [aditi, arjun] : [arjun, aditi]
  expect(await codeOf(revoke(last, (await activeOf(last, 'administrator'))!.id))).toBe('wrong-state')
  // What somebody requested who is no administrator any more can be approved by nobody.
  expect(await codeOf(approve(last, last === aditi ? alsoWaiting : waiting))).toBe('wrong-state')
  // A single one cannot approve anything, so the command takes one more, and no second time.
  expect(await codeOf(appoint(gone, await member()))).toBe('wrong-state')
  expect(await appoint(gone)).toEqual([gone.userId])
  expect(await codeOf(appoint(await member()))).toBe('wrong-state')
})

it('grants end by their date, and requests by theirs; the last administrator’s does not', async () => {
  const person = await member()
  const [kept, lapsed] = [await ask(aditi, person, 'reconciler'), await ask(arjun, person, 'risk-analyst')]
  await approve(arjun, kept.id)
  expect(await codeOf(ask(aditi, person, 'support', uuidv7(), 400))).toBe('request-invalid')
  harness.clock.advance(8 * dayMs)
  await vi.waitFor(async () => expect(await typesOf(lapsed.id)).toContain('auth.role-declined'), 20_000)
  harness.clock.advance(29 * dayMs)
  // No longer at the edge from that moment on, whenever the due work runs.
  await vi.waitFor(async () => expect(await typesOf(kept.id)).toContain('auth.role-ended'), 20_000)
  expect(await activeOf(person, 'reconciler')).toBeUndefined()
  harness.clock.advance(400 * dayMs)
  await vi.waitFor(async () => {
    const [row] = await harness.platform.database.admin<{ n: number }[]>`
      select count(*)::int as n from auth.staff_grants where role = 'administrator' and state = 'active'`
    expect(row!.n).toBe(1)
    const waiting = await harness.platform.database.admin`
      select from auth.due_work where kind = 'role-grant-ends' and error like '%last administrator%'`
    expect(waiting).toHaveLength(1)
  }, 20_000)
})

it('no statement makes a grant whose maker is its checker or its person', async () => {
  const { admin } = harness.platform.database
  const { id } = await ask(aditi, await member())
  for (const wrong of [
    admin`update auth.staff_grants set state = 'active', decided_by = requested_by where id = ${id}`,
    admin`update auth.staff_grants set state = 'active', decided_by = user_id where id = ${id}`,
    admin`update auth.staff_grants set state = 'active' where id = ${id}`,
    admin`update auth.staff_grants set requested_by = user_id where id = ${id}`,
  ])
    await expect(wrong).rejects.toMatchObject({ code: '23514' })
})
