// Passkeys: what they prove, for whom and once; what a thief, a phishing page and a copied authenticator make of them.
import * as auth from '@bahi/contracts/auth.ts'
import { eraseInAuth } from '@bahi/contracts/erasure.ts'
import type { Call } from '@bahi/contracts/call.ts'
import * as contracts from '@bahi/contracts/passkeys.ts'
import { grantRole, rolesOfSession } from '@bahi/contracts/roles.ts'
import * as factors from '@bahi/contracts/second-factor.ts'
import { verifyStepUp } from '@bahi/contracts/step-up.ts'
import { refusal } from '@bahi/testing/problems.ts'
import { Secret, TOTP } from 'otpauth'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { goodPassword, startAuth } from '../testing.ts'
import { secondFactorTries, stepUpTries } from '../tries/tries.ts'
import { passkeyFaults } from './routes.ts'
import { softAuthenticator, type Lies, type SoftAuthenticator } from './soft-authenticator.ts'
import { challengeLifeMs } from './verify.ts'

let harness: Awaited<ReturnType<typeof startAuth>>
beforeAll(async () => void (harness = await startAuth(inject('postgresUrl'))))
afterAll(() => harness.platform.stop())

const rpId = 'bahi.example'
const origin = 'https://pay.bahi.example'
const stepUp = { password: goodPassword }
const purpose = 'change-email' as const

type Who = { phone: string; userId: string; sessionId: string; call: Call }
const sidOf = ({ accessToken }: auth.Tokens) =>
  (JSON.parse(Buffer.from(accessToken.split('.')[1]!, 'base64url').toString()) as { sid: string }).sid

function inSession(phone: string, tokens: auth.Tokens): Who {
  const who = { userId: tokens.userId, sessionId: sidOf(tokens) }
  return { phone, ...who, call: harness.platform.person({ ...who, deviceId: 'device-1' }) }
}
async function someone(): Promise<Who> {
  const { phone, tokens } = await harness.registered()
  return inSession(phone, tokens)
}
const device = { id: 'device-1', name: 'Pixel' }
const signInAgain = async ({ phone }: Who) =>
  inSession(phone, await harness.anybody(auth.login, { body: { phone, password: goodPassword, device } }))

const begin = async ({ call }: Who) => (await call(contracts.beginPasskey, { body: { stepUp } })).options
async function add(who: Who, key = softAuthenticator(origin, rpId), lies: Lies = {}) {
  const passkey = key.make(await begin(who), lies)
  return { key, added: await who.call(contracts.addPasskey, { body: { name: 'My phone', passkey } }) }
}
const challenge = async ({ call }: Who, of: 'second-factor' | typeof purpose = purpose) =>
  (await call(contracts.challengePasskey, { body: { purpose: of } })).options
const prove = (who: Who, passkey: ReturnType<SoftAuthenticator['sign']>, of = purpose) =>
  who.call(contracts.proveByPasskey, { body: { purpose: of, passkey } })
const codeOf = async (refused: Promise<unknown>) => (await refusal(refused)).code

describe('a passkey', () => {
  it('is added after the password, proves a change once, and is removed', async () => {
    const asha = await someone()
    expect(await codeOf(asha.call(contracts.beginPasskey, { body: {} }))).toBe('step-up-required')
    const { key, added } = await add(asha)
    expect(added).toMatchObject({ name: 'My phone', isSecondFactor: false, isSynced: false })
    const options = await challenge(asha)
    expect(options).toMatchObject({
      rpId,
      userVerification: 'required',
      allowCredentials: [{ type: 'public-key' }],
    })
    const { proof } = await prove(asha, key.sign(options))
    const body = { ...{ userId: asha.userId, sessionId: asha.sessionId }, purpose, stepUp: { proof } }
    await harness.platform.as('user')(verifyStepUp, { body })
    expect(await codeOf(harness.platform.as('user')(verifyStepUp, { body }))).toBe('step-up-required')
    const listed = await asha.call(contracts.listPasskeys, {})
    expect(listed).toMatchObject({ isOffered: true, passkeys: [{ id: added.id }] })
    expect(listed.passkeys[0]!.lastUsedAt).toBeDefined()
    const next = await challenge(asha)
    const remove = { params: { id: added.id }, body: { stepUp } }
    expect(await codeOf((await someone()).call(contracts.removePasskey, remove))).toBe('not-found')
    await asha.call(contracts.removePasskey, remove)
    expect(await codeOf(prove(asha, key.sign(next)))).toBe('passkey-wrong')
    expect(await codeOf(challenge(asha))).toBe('wrong-state')
    const types = (await harness.published(asha.userId)).map(({ type }) => type)
    expect(types).toEqual(expect.arrayContaining(['auth.passkey-added', 'auth.passkey-removed']))
  })

  it.each<[string, Lies]>([
    ['at another origin', { origin: 'https://pay.bahi.example.evil.example' }],
    ['at an origin below ours', { origin: 'https://other.pay.bahi.example' }],
    ['for another domain', { rpId: 'evil.example' }],
    ['without seeing who uses it', { isVerified: false }],
    ['over a challenge of its own', { challenge: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }],
    ['for a key of no algorithm', { algorithm: 0 - 65_535 }],
    ['for a key of an algorithm that we do not take', { algorithm: -47 }],
    ['as if it signed in', { type: 'webauthn.get' }],
  ])('made %s is not added', async (_, lies) => {
    const asha = await someone()
    expect(await codeOf(add(asha, undefined, lies))).toBe('passkey-wrong')
    expect((await asha.call(contracts.listPasskeys, {})).passkeys).toEqual([])
  })

  it.each<[string, Lies]>([
    ['at another origin', { origin: 'https://evil.example' }],
    ['at our address without encryption', { origin: 'http://pay.bahi.example' }],
    ['for another domain', { rpId: 'evil.example' }],
    ['without seeing who uses it', { isVerified: false }],
    ['over a challenge of its own', { challenge: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }],
    ['over none', { challenge: '' }],
    ['with its counter back', { counter: 1 }],
    ['as if it were made', { type: 'webauthn.create' }],
    ['by the name of another', { id: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }],
  ])('that signs %s proves nothing', async (_, lies) => {
    const asha = await someone()
    const { key } = await add(asha)
    await prove(asha, key.sign(await challenge(asha)))
    expect(await codeOf(prove(asha, key.sign(await challenge(asha), lies)))).toBe('passkey-wrong')
    await prove(asha, key.sign(await challenge(asha)))
  })

  it('signs each challenge once: for its person, session and purpose, for some minutes', async () => {
    const [asha, ravi] = [await someone(), await someone()]
    const [{ key }, ravis] = [await add(asha), await add(ravi)]
    const options = await challenge(asha)
    const answer = key.sign(options)
    const outcomes = await Promise.allSettled(Array.from({ length: 4 }, () => prove(asha, answer)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    // Somebody else's challenge, somebody else's passkey, another session, another purpose.
    expect(await codeOf(prove(ravi, ravis.key.sign(await challenge(asha))))).toBe('passkey-wrong')
    expect(await codeOf(prove(ravi, key.sign(await challenge(ravi))))).toBe('passkey-wrong')
    const elsewhere = await signInAgain(asha)
    expect(await codeOf(prove(elsewhere, key.sign(await challenge(asha))))).toBe('passkey-wrong')
    const forOther = { body: { purpose: 'end-sessions' as const, passkey: key.sign(await challenge(asha)) } }
    expect(await codeOf(asha.call(contracts.proveByPasskey, forOther))).toBe('passkey-wrong')
    const late = await challenge(elsewhere)
    harness.clock.advance(challengeLifeMs)
    expect(await codeOf(prove(elsewhere, key.sign(late)))).toBe('passkey-wrong')
    // What is signed to add one adds one, once, and only there.
    const made = await begin(elsewhere)
    const another = softAuthenticator(origin, rpId)
    const passkey = another.make(made)
    expect(await codeOf(ravi.call(contracts.addPasskey, { body: { name: 'Mine', passkey } }))).toBe(
      'passkey-wrong',
    )
    await elsewhere.call(contracts.addPasskey, { body: { name: 'Mine', passkey } })
    expect(await codeOf(elsewhere.call(contracts.addPasskey, { body: { name: 'Mine', passkey } }))).toBe(
      'passkey-wrong',
    )
  })

  it('is one person’s alone, ten of them at most', async () => {
    const [asha, ravi] = [await someone(), await someone()]
    const { key } = await add(asha)
    expect(await codeOf(add(ravi, key))).toBe('passkey-wrong')
    for (let more = 1; more < 10; more++) await add(asha)
    expect(await codeOf(begin(asha))).toBe('wrong-state')
  })

  it('is no proof where the password alone is, and wrong ones are counted with wrong passwords', async () => {
    const asha = await someone()
    const { key } = await add(asha)
    for (const of of ['change-password', 'change-phone', 'change-passkeys', 'change-roles'] as const)
      expect(await codeOf(challenge(asha, of as never))).toBe('wrong-state')
    const good = key.sign(await challenge(asha))
    for (let tries = 0; tries < stepUpTries.max; tries++)
      expect(await codeOf(prove(asha, key.sign({ challenge: 'AAAA' })))).toBe('passkey-wrong')
    expect(await codeOf(prove(asha, good))).toBe('login-locked')
  })

  it('leaves with its person, and with a password that was reset', async () => {
    const [asha, ravi] = [await someone(), await someone()]
    for (const who of [asha, ravi]) await add(who)
    const otp = await harness.codeFor(asha.phone, 'reset-password')
    const body = { phone: asha.phone, otp, newPassword: 'nadi-kinare-ped', device }
    const again = inSession(asha.phone, await harness.anybody(auth.resetPassword, { body }))
    expect((await again.call(contracts.listPasskeys, {})).passkeys).toEqual([])
    const close = { params: { userId: ravi.userId }, body: { stage: 'close' as const, vpas: [] } }
    await harness.platform.as('user')(eraseInAuth, close)
    const [{ left }] = (await harness.platform.database.admin`
      select count(*)::int as left from auth.passkeys where user_id = ${ravi.userId}`) as unknown as [
      { left: number },
    ]
    expect(left).toBe(0)
  })
})

describe('of staff', () => {
  async function staff(): Promise<Who & { totp: TOTP }> {
    const asha = await someone()
    await harness.platform.as('sandbox')(grantRole, {
      params: { userId: asha.userId },
      body: { role: 'support' },
    })
    const member = await signInAgain(asha)
    const { secret } = await member.call(factors.beginTotp, {})
    const totp = new TOTP({ secret: Secret.fromBase32(secret) })
    const code = totp.generate({ timestamp: harness.clock.now().getTime() })
    await member.call(factors.confirmTotp, { body: { code } })
    return { ...member, totp }
  }
  const factor = (who: Who, passkey: ReturnType<SoftAuthenticator['sign']>) =>
    who.call(factors.proveSecondFactor, { body: { passkey } })

  it('one that was added in a session with a second factor is one, beside the app', async () => {
    const asha = await staff()
    const { key, added } = await add(asha)
    expect(added.isSecondFactor).toBe(true)
    const later = await signInAgain(asha)
    expect(await later.call(factors.readSecondFactor, {})).toMatchObject({
      ...{ isProven: false, methods: ['totp', 'passkey', 'recovery-code'] },
    })
    // Nothing changes before it is proven, neither is added nor taken away.
    expect(await codeOf(begin(later))).toBe('second-factor-required')
    const remove = { params: { id: added.id }, body: { stepUp } }
    expect(await codeOf(later.call(contracts.removePasskey, remove))).toBe('second-factor-required')
    const wrong = key.sign(await challenge(later, 'second-factor'), { origin: 'https://evil.example' })
    expect(await refusal(factor(later, wrong))).toMatchObject({
      ...{ code: 'second-factor-wrong', triesLeft: secondFactorTries.device.max - 1 },
    })
    // A signature for a step-up is none for a second factor.
    expect(await codeOf(factor(later, key.sign(await challenge(later))))).toBe('second-factor-wrong')
    expect(await factor(later, key.sign(await challenge(later, 'second-factor')))).toMatchObject({
      isProven: true,
    })
    const session = { params: { id: later.sessionId } }
    expect((await harness.platform.as('gateway')(rolesOfSession, session)).amr).toEqual(['pwd', 'pop', 'mfa'])
    await later.call(contracts.removePasskey, remove)
    expect(await codeOf(challenge(await signInAgain(asha), 'second-factor'))).toBe('wrong-state')
  })

  it('one that was added before they were staff never is', async () => {
    const asha = await someone()
    const { key } = await add(asha)
    await harness.platform.as('sandbox')(grantRole, {
      params: { userId: asha.userId },
      body: { role: 'support' },
    })
    const member = await signInAgain(asha)
    expect(await codeOf(challenge(member, 'second-factor'))).toBe('wrong-state')
    const { secret } = await member.call(factors.beginTotp, {})
    const totp = new TOTP({ secret: Secret.fromBase32(secret) })
    const code = totp.generate({ timestamp: harness.clock.now().getTime() })
    await member.call(factors.confirmTotp, { body: { code } })
    await add(member)
    const options = await challenge(member, 'second-factor')
    expect(options['allowCredentials']).toHaveLength(1)
    expect(await codeOf(factor(member, key.sign(options)))).toBe('second-factor-wrong')
  })

  it('is tried so often and no more', async () => {
    const asha = await staff()
    const { key } = await add(asha)
    for (let tries = 0; tries < secondFactorTries.device.max; tries++)
      expect(await codeOf(factor(asha, key.sign({ challenge: 'AAAA' })))).toBe('second-factor-wrong')
    expect(await codeOf(factor(asha, key.sign(await challenge(asha, 'second-factor'))))).toBe('login-locked')
  })
})

it.each([
  ['', '', 0],
  ['bahi.example', 'https://pay.bahi.example,https://bahi.example', 0],
  ['bahi.example', '', 1],
  ['', 'https://pay.bahi.example', 1],
  ['bahi.example', 'http://pay.bahi.example', 1],
  ['bahi.example', 'https://notbahi.example,https://pay.bahi.example/', 2],
])('in production the domain %j with the origins %j has %d faults', (rp, origins, count) => {
  expect(passkeyFaults({ BAHI_PASSKEY_RP_ID: rp, BAHI_PASSKEY_ORIGINS: origins })).toHaveLength(count)
})
