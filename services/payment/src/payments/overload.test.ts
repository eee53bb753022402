// Payments beyond the number that a process works on at once are refused before anything of them is stored.
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { paymentStage, refusal } from '../testing.ts'

describe('payments beyond the slots', () => {
  let stage: Awaited<ReturnType<typeof paymentStage>>
  beforeAll(async () => {
    stage = await paymentStage(inject('postgresUrl'), { env: { BAHI_MAX_CONCURRENT_PAYMENTS: '3' } })
  })
  afterAll(() => stage.stop())

  it('are refused as overloaded and leave nothing, and the same again goes through later', async () => {
    stage.account.delayMs = 150
    const payee = stage.newPerson()
    const tries = Array.from({ length: 8 }, () => ({ payer: stage.newPerson(), id: stage.newId() }))
    const payIt = ({ payer, id }: (typeof tries)[number]) => stage.payAs(payer, payee, { id })
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
    for (const one of refused) expect(await stage.eventsOf(one.id)).toEqual([])
    stage.account.delayMs = 0
    for (const one of refused) expect((await payIt(one)).status).toBe('settled')
  })

  it('a payment requested twice at the same time takes one slot', async () => {
    stage.account.delayMs = 100
    const [payer, payee, id] = [stage.newPerson(), stage.newPerson(), stage.newId()]
    const first = stage.payAs(payer, payee, { id })
    const same = await Promise.all(Array.from({ length: 6 }, () => stage.payAs(payer, payee, { id })))
    for (const one of same) expect(one).toEqual(await first)
  })
})
