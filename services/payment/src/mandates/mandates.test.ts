// Mandates, against a real PostgreSQL: who may agree and change, and that each operation has one outcome.
import { uuidv7 } from '@bahi/contracts/id.ts'
import type { MandateTerms } from '@bahi/contracts/mandate-rules.ts'
import * as contracts from '@bahi/contracts/mandates.ts'
import { blockPerson, unblockPerson } from '@bahi/contracts/people.ts'
import { addDays } from '@bahi/contracts/recurrence.ts'
import { resolveVpas } from '@bahi/contracts/transfers.ts'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { createPaymentTestSetup, refusal, wrongPin, type TestPerson } from '../testing.ts'
import { mandateTools } from './testing.ts'

let setup: Awaited<ReturnType<typeof createPaymentTestSetup>>
beforeAll(async () => {
  // A payment that a busy machine is slow with is not given up.
  setup = await createPaymentTestSetup(inject('postgresUrl'), { env: { BAHI_RECOVERY_AFTER_MS: '3000' } })
})
afterEach(async () => {
  setup.account.transfers = 'up'
  delete setup.account.code
  expect(await setup.inconsistencies()).toEqual([])
})
afterAll(() => setup.stop())

const tools = mandateTools(() => setup)
const { today, as, two, create, request, show, approve, decline, revoke, pause, unpause, update } = tools
const { port, present, goTo, untilDebit, untilTried } = tools

describe('a mandate', () => {
  it('is made by its payer with the PIN, and seen by its two people alone', async () => {
    const [asha, ravi] = two()
    const made = await create(asha, ravi)
    expect(made).toMatchObject({
      status: 'active',
      direction: 'payer',
      presentedBy: 'payee',
      operating: false,
    })
    expect(made.umn).toBe(`${made.id.replaceAll('-', '')}@bahi`)
    expect(await show(ravi, made)).toMatchObject({
      status: 'active',
      direction: 'payee',
      payer: { vpa: asha.vpa },
    })
    expect(JSON.stringify(await show(ravi, made))).not.toContain(asha.party.maskedNumber)
    const other = setup.newPerson()
    for (const what of [show, revoke, decline, approve])
      expect(await refusal(what(other, made))).toBe('not-found')
    expect(await setup.eventsOf(made.id)).toEqual(['payment.mandate-authorised'])
    expect((await as(asha)(contracts.listMandates, { querystring: {} })).mandates).toHaveLength(1)
    expect(
      (await as(ravi)(contracts.listMandates, { querystring: { direction: 'payer' } })).mandates,
    ).toEqual([])
  })

  it('with a wrong PIN fails, and says how many tries are left', async () => {
    const [asha, ravi] = two()
    const failed = await create(asha, ravi, { pin: wrongPin })
    expect(failed).toMatchObject({ status: 'failed', code: 'ZM', triesLeft: 2 })
    expect(await setup.eventsOf(failed.id)).toEqual(['payment.mandate-failed'])
  })

  it('is asked for by its payee, and agreed to with the PIN, at the second try too', async () => {
    const [asha, ravi] = two()
    const asked = await request(ravi, asha)
    expect(asked).toMatchObject({ status: 'requested', direction: 'payee' })
    expect(await refusal(approve(ravi, asked))).toBe('not-found')
    expect(await approve(asha, asked, wrongPin)).toMatchObject({ status: 'requested', code: 'ZM' })
    expect(await approve(asha, asked)).toMatchObject({ status: 'active' })
    expect(await refusal(decline(asha, asked))).toBe('wrong-state')
    expect(await setup.eventsOf(asked.id)).toEqual([
      'payment.mandate-requested',
      'payment.mandate-authorised',
    ])
    const declined = await request(ravi, asha)
    expect(await decline(asha, declined)).toMatchObject({ status: 'declined' })
    expect(await refusal(approve(asha, declined))).toBe('wrong-state')
  })

  it('is not asked for by somebody whom the payer has blocked', async () => {
    const [asha, ravi] = two()
    await as(asha)(blockPerson, { params: { vpa: ravi.vpa } })
    const id = setup.newId()
    expect(await refusal(request(ravi, asha, { id }))).toBe('request-not-permitted')
    await as(asha)(unblockPerson, { params: { vpa: ravi.vpa } })
    expect(await request(ravi, asha, { id })).toMatchObject({ status: 'requested' })
  })

  it('is asked for three times at once of one payer, and by a person fifty times in a day', async () => {
    const [asha, ravi] = two()
    const all = await Promise.allSettled(Array.from({ length: 20 }, () => request(ravi, asha)))
    const asked = all.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    expect(asked).toHaveLength(3)
    expect(await refusal(request(ravi, asha))).toBe('rate-limited')
    expect(await request(ravi, asha, { id: asked[0]!.id })).toMatchObject({ id: asked[0]!.id })
    await decline(asha, asked[0]!)
    await request(ravi, asha)
    await Promise.all(Array.from({ length: 46 }, () => request(ravi, setup.newPerson())))
    expect(await refusal(request(ravi, setup.newPerson()))).toBe('rate-limited')
    const shop = setup.newPerson()
    setup.parties.set(shop.vpa, { ...shop.party, mcc: '5411' })
    await Promise.all(Array.from({ length: 51 }, () => request(shop, setup.newPerson())))
  })

  it('counts among the hundred of its payer once they agree to it, not before', async () => {
    const [asha, ravi] = two()
    const first = await create(asha, ravi)
    // Not all at once: each waits for its payer's lock, and for an answer ten seconds at most.
    for (let n = 0; n < 98; n += 14) await Promise.all(Array.from({ length: 14 }, () => create(asha, ravi)))
    const asked = [await request(ravi, asha), await request(setup.newPerson(), asha)] as const
    await create(asha, ravi)
    expect(await refusal(create(asha, ravi))).toBe('rate-limited')
    expect(await refusal(approve(asha, asked[0]))).toBe('rate-limited')
    await revoke(asha, first)
    const all = await Promise.allSettled(asked.map((one) => approve(asha, one)))
    expect(all.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  it('with the same id is the same mandate; with other content it is refused', async () => {
    const [asha, ravi] = two()
    const id = setup.newId()
    const all = await Promise.all(Array.from({ length: 8 }, () => create(asha, ravi, { id })))
    expect(new Set(all.map((one) => one.umn)).size).toBe(1)
    await setup.until(async () => (await show(asha, all[0]!)).status === 'active')
    expect(await refusal(create(asha, ravi, { id, name: 'Milk' }))).toBe('id-reused')
    expect(await refusal(create(ravi, asha, { id }))).toBe('id-reused')
    expect(await setup.eventsOf(id)).toEqual(['payment.mandate-authorised'])
  })

  it.each<[string, string, (asha: TestPerson, ravi: TestPerson) => Promise<unknown>]>([
    [
      'of somebody else’s account',
      'not-found',
      (asha, ravi) =>
        create(asha, ravi, { id: setup.newId() }).then(() => create({ ...asha, vpa: ravi.vpa }, ravi)),
    ],
    ['to nobody', 'not-found', (asha) => create(asha, { vpa: 'nobody@bahi' })],
    ['to oneself', 'request-invalid', (asha) => create(asha, asha)],
    [
      'of too much',
      'request-invalid',
      (asha, ravi) => create(asha, ravi, { terms: { amountPaise: 1_00_000_01 } }),
    ],
    [
      'from yesterday',
      'request-invalid',
      (asha, ravi) => create(asha, ravi, { terms: { validFrom: addDays(today(), -1) } }),
    ],
    [
      'until 31 February',
      'request-invalid',
      (asha, ravi) => create(asha, ravi, { terms: { validTo: '2040-02-31' } }),
    ],
    [
      'with a term that nobody knows',
      'request-invalid',
      (asha, ravi) => create(asha, ravi, { terms: { maxCount: 3 } as Partial<MandateTerms> }),
    ],
    [
      'with an old id',
      'id-out-of-range',
      (asha, ravi) => create(asha, ravi, { id: uuidv7(1_700_000_000_000) }),
    ],
  ])('%s is refused: %s', async (_name, code, make) => {
    const [asha, ravi] = two()
    expect(await refusal(make(asha, ravi))).toBe(code)
  })

  it('whose authorisation got no answer is found out about, and not authorised twice', async () => {
    const [asha, ravi] = two()
    setup.account.transfers = 'answer-lost'
    const made = await create(asha, ravi)
    expect(made).toMatchObject({ status: 'requested', operating: true })
    setup.account.transfers = 'up'
    setup.clock.advance(25_000)
    await setup.until(async () => (await show(asha, made)).status === 'active')
    setup.account.transfers = 'down'
    const lost = await create(asha, ravi)
    expect(await refusal(revoke(asha, lost))).toBe('wrong-state')
    setup.account.transfers = 'up'
    setup.clock.advance(25_000)
    await setup.until(async () => (await show(asha, lost)).status === 'failed')
    expect(await show(asha, lost)).toMatchObject({ code: 'XB', operating: false })
  })

  it('that nobody answers expires, and one ends after its last day', async () => {
    const [asha, ravi] = two()
    const asked = await request(ravi, asha)
    const short = await create(asha, ravi, { terms: { validTo: today() } })
    setup.clock.advance(24 * 3_600_000 + 1_000)
    await setup.until(async () => (await show(asha, asked)).status === 'expired')
    await setup.until(async () => (await show(asha, short)).status === 'expired')
    expect(await refusal(approve(asha, asked))).toBe('wrong-state')
  })

  it('is changed by one operation at a time, and ended by either side', async () => {
    const [asha, ravi] = two()
    const made = await create(asha, ravi)
    expect((await update(asha, made, 700_00, addDays(today(), 90))).terms.amountPaise).toBe(700_00)
    expect(await refusal(update(asha, made, 700_00, addDays(today(), -1)))).toBe('request-invalid')
    expect((await pause(asha, made, today(), addDays(today(), 5))).pause).toBeDefined()
    expect(await refusal(pause(asha, made, addDays(today(), 5), today()))).toBe('request-invalid')
    expect((await unpause(asha, made, wrongPin)).pause).toBeDefined()
    expect((await unpause(asha, made)).pause).toBeUndefined()
    expect(await refusal(unpause(asha, made))).toBe('wrong-state')
    const all = await Promise.allSettled([
      revoke(asha, made),
      revoke(ravi, made),
      pause(asha, made, today(), today()),
    ])
    await setup.until(async () => ['revoked', 'active'].includes((await show(asha, made)).status))
    expect(all.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0)
    expect(await revoke(ravi, made)).toMatchObject({ status: 'revoked' })
    expect(await revoke(ravi, made)).toMatchObject({ status: 'revoked' })
    expect((await setup.eventsOf(made.id)).filter((type) => type === 'payment.mandate-revoked')).toHaveLength(
      1,
    )
  })

  it('of an exact amount that its payer changes debits that amount, and nothing past its end', async () => {
    const [asha, ravi] = two()
    const from = addDays(today(), 5)
    const made = await create(asha, ravi, {
      terms: { amountRule: 'EXACT', recurrence: 'DAILY', validFrom: from, validTo: addDays(from, 3) },
    })
    goTo(addDays(from, -2), 12 * 60)
    await untilDebit(asha, made, 'planned')
    const changed = await update(asha, made, 520_00, addDays(from, 3))
    expect(changed.debits).toMatchObject([
      { sequence: 2, status: 'planned', amountPaise: 520_00, dueOn: from },
      { sequence: 1, status: 'skipped', amountPaise: 500_00, dueOn: from },
    ])
    expect(Date.parse(changed.debits[0]!.executeAt) - setup.clock.now().getTime()).toBeGreaterThanOrEqual(
      24 * 3_600_000,
    )
    goTo(addDays(from, -1), 12 * 60)
    await untilDebit(asha, made, 'planned', 3)
    const shorter = await update(asha, made, 520_00, from)
    expect(shorter.debits.map(({ status, dueOn }) => [status, dueOn])).toEqual([
      ['skipped', addDays(from, 1)],
      ['planned', from],
      ['skipped', from],
    ])
    goTo(from, 23 * 60)
    await untilDebit(asha, made, 'paid', 2)
  })

  it('of which less is allowed drops what was presented above that, and keeps the rest', async () => {
    const [asha, ravi] = two()
    const made = await create(asha, ravi)
    const dueOn = addDays(today(), 3)
    for (const [nth, amountPaise] of [300_00, 100_00].entries())
      await present(ravi, made, nth + 1, { dueOn, amountPaise })
    const changed = await update(asha, made, 200_00, made.terms.validTo)
    expect(changed.debits.map(({ status, amountPaise }) => [status, amountPaise])).toEqual([
      ['planned', 100_00],
      ['skipped', 300_00],
    ])
  })
})

describe('a mandate is moved', () => {
  let moved = 0
  /** Another UPI ID of the same person; its account has no money unless it is the same one. */
  function anotherOf({ party }: TestPerson, more: Partial<TestPerson['party']> = {}) {
    const vpa = `another${++moved}@bahi`
    const other = { ...party, vpa, accountId: uuidv7(), accountRef: uuidv7(), ...more }
    setup.parties.set(vpa, other)
    setup.balances.set(other.accountId, setup.balances.get(other.accountId) ?? 1_000_00)
    return other
  }
  const noon = 14 * 60

  it('with the PIN to another UPI ID of its payer, whose account is debited from then on', async () => {
    const [asha, ravi] = two()
    const made = await create(asha, ravi)
    const to = anotherOf(asha)
    expect(await port(asha, made, to.vpa, wrongPin)).toMatchObject({ code: 'ZM', payer: { vpa: asha.vpa } })
    const after = await port(asha, made, to.vpa)
    expect(after).toMatchObject({ umn: made.umn!, status: 'active', payer: { vpa: to.vpa } })
    expect(after.code).toBeUndefined()
    expect(after.portableAfter! > addDays(today(), 88)).toBe(true)
    expect((await show(ravi, made)).portableAfter).toBeUndefined()
    expect(await port(asha, made, to.vpa)).toMatchObject({ payer: { vpa: to.vpa } })
    await present(ravi, made, 1)
    goTo(addDays(today(), 2), noon)
    await untilDebit(asha, made, 'paid')
    expect(setup.balances.get(to.accountId)).toBe(900_00)
    expect(setup.balances.get(asha.party.accountId)).toBe(10_00_000_00)
    expect(await setup.eventsOf(made.id)).toContain('payment.mandate-ported')
  })

  it('by nobody else, to nobody else, once in 90 days, and within its bank', async () => {
    const [asha, ravi] = two()
    const made = await create(asha, ravi)
    const to = anotherOf(asha)
    expect(await refusal(port(ravi, made, ravi.vpa))).toBe('not-found')
    expect(await refusal(port(asha, made, ravi.vpa))).toBe('not-found')
    expect(await refusal(port(asha, made, 'nobody@bahi'))).toBe('not-found')
    const elsewhere = anotherOf(asha, { bank: 'GANG', onUs: false })
    expect(await refusal(port(asha, made, elsewhere.vpa))).toBe('request-invalid')
    await port(asha, made, to.vpa)
    expect(await refusal(port(asha, made, asha.vpa))).toBe('wrong-state')
    goTo(addDays(today(), 90), noon)
    expect(await refusal(port(asha, made, asha.vpa))).toBe('wrong-state')
    const blocked = await create(asha, ravi, { terms: { recurrence: 'ONETIME', blockFunds: true } })
    expect(await refusal(port(asha, blocked, to.vpa))).toBe('wrong-state')
    const lasting = await create(asha, ravi)
    const all = await Promise.allSettled([port(asha, lasting, to.vpa), revoke(asha, lasting)])
    const { status, payer } = await show(asha, lasting)
    expect([status, payer.vpa, all.filter((one) => one.status === 'fulfilled').length]).toEqual(
      status === 'active' ? ['active', to.vpa, 1] : ['revoked', expect.any(String), expect.any(Number)],
    )
  })

  it('while a debit falls due: it is made once, from where the mandate is then', async () => {
    const [asha, ravi] = two()
    const made = await create(asha, ravi)
    const to = anotherOf(asha)
    await present(ravi, made, 1)
    goTo(addDays(today(), 1), noon)
    setup.account.transfers = 'answer-lost'
    expect(await port(asha, made, to.vpa)).toMatchObject({ operating: true, payer: { vpa: asha.vpa } })
    setup.account.transfers = 'up'
    goTo(addDays(today(), 1), noon)
    await untilTried(asha, made)
    expect(await show(asha, made)).toMatchObject({
      payer: { vpa: to.vpa },
      debits: [{ status: 'paid', attempts: 0 }],
    })
    expect(setup.balances.get(to.accountId)).toBe(900_00)
    expect(setup.balances.get(asha.party.accountId)).toBe(10_00_000_00)
  })

  it.each([false, true])(
    'while its debit is prepared: none is lost; its UPI ID elsewhere: %s',
    async (isElsewhere) => {
      const [asha, ravi] = two()
      const made = await create(asha, ravi)
      const to = anotherOf(asha)
      await present(ravi, made, 1)
      setup.account.meanwhile = async (path) => {
        if (path !== resolveVpas.url) return
        delete setup.account.meanwhile
        await port(asha, made, to.vpa)
        if (isElsewhere) setup.parties.set(asha.vpa, { ...asha.party, accountId: uuidv7() })
      }
      goTo(addDays(today(), 2), noon)
      await untilTried(asha, made)
      expect(await show(asha, made)).toMatchObject({
        payer: { vpa: to.vpa },
        debits: [{ status: 'paid', attempts: 0 }],
      })
      expect(setup.balances.get(to.accountId)).toBe(900_00)
      expect(setup.balances.get(asha.party.accountId)).toBe(10_00_000_00)
    },
  )

  it('not while it is being debited', async () => {
    const [asha, ravi] = two()
    const made = await create(asha, ravi)
    const to = anotherOf(asha)
    await present(ravi, made, 1)
    setup.account.transfers = 'answer-lost'
    goTo(addDays(today(), 2), noon)
    await setup.until(() => setup.balances.get(asha.party.accountId) === 9_99_900_00)
    expect(await refusal(port(asha, made, to.vpa))).toBe('wrong-state')
    setup.account.transfers = 'up'
    await untilDebit(asha, made, 'paid')
    expect(await port(asha, made, to.vpa)).toMatchObject({ payer: { vpa: to.vpa } })
  })
})
