// Payments beyond the number that a process works on at once are refused before anything is stored.
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createPaymentTestSetup, refusal } from '../testing.ts'

describe('payments beyond the slots', () => {
  let setup: Awaited<ReturnType<typeof createPaymentTestSetup>>
  beforeAll(async () => {
    setup = await createPaymentTestSetup(inject('postgresUrl'), {
      env: { BAHI_MAX_CONCURRENT_PAYMENTS: '3' },
    })
  })
  afterAll(() => setup.stop())

  it('are refused as overloaded and store nothing; a later repetition succeeds', async () => {
    setup.account.delayMs = 150
    const payee = setup.newPerson()
    const tries = Array.from({ length: 8 }, () => ({ payer: setup.newPerson(), id: setup.newId() }))
    const payIt = ({ payer, id }: (typeof tries)[number]) => setup.payAs(payer, payee, { id })
    const answers = await Promise.all(
      tries.map((one) =>
        payIt(one).then(
          ({ status }) => status as string,
          (e: unknown) => refusal(Promise.reject(e)),
        ),
      ),
    )
    expect(answers.filter((answer) => answer === 'settled')).toHaveLength(3)
    expect(answers.filter((answer) => answer === 'overloaded')).toHaveLength(5)
    const refused = tries.filter((_, nth) => answers[nth] === 'overloaded')
    for (const one of refused) expect(await setup.eventsOf(one.id)).toEqual([])
    setup.account.delayMs = 0
    for (const one of refused) expect((await payIt(one)).status).toBe('settled')
  })

  it('a payment requested twice at the same time takes one slot', async () => {
    setup.account.delayMs = 100
    const [payer, payee, id] = [setup.newPerson(), setup.newPerson(), setup.newId()]
    const first = setup.payAs(payer, payee, { id })
    const same = await Promise.all(Array.from({ length: 6 }, () => setup.payAs(payer, payee, { id })))
    for (const one of same) expect(one).toEqual(await first)
  })
})
