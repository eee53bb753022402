// What people do with a mandate that one of our payees asked for at another app: its payer moves it here, while the
// payee presents debits of it, and either of them pauses it or ends it, here or there.
import * as mandates from '@bahi/contracts/mandates.ts'
import { addDays, istDateOf } from '@bahi/contracts/recurrence.ts'
import { handleOf, ownBank } from '@bahi/sandbox/banks/bank.ts'
import { longestPauseMs, read, tryCall, type RunContext } from './clients.ts'
import { take } from './mandates-across-apps.ts'
import { askOutside, changesOf } from './mandates-across-banks.ts'
import { randomOf } from './random.ts'

const maxVisits = 8

export async function runMandateMovedHere(context: RunContext, nth: number): Promise<void> {
  const { seed, clock, world } = context
  const random = randomOf(seed, `mandate moved here ${nth}`)
  await clock.sleep(random.between(0, context.spanMs))
  const payee = random.pick(world.customers.filter(({ bank }) => bank === ownBank))
  const payer = random.pick(world.customers.filter(({ bank }) => bank !== ownBank))
  const name = `Rent ${nth}`
  const payerVpa = `${payer.phone.slice(-10)}@${handleOf(payer.bank)}`
  const { params, terms, there } = await askOutside(context, random, { payee, payerVpa, name })
  const { id } = params
  /** Its payee may know it by the number of before. */
  let umn: string | undefined
  for (let visit = 0; visit < maxVisits; visit++) {
    await clock.sleep(random.between(10, 4 * longestPauseMs))
    if (umn === undefined) await there({ do: 'agree' })
    const mandate = await read(context, payee, mandates.showMandate, { params })
    if (mandate?.status !== 'active') continue
    umn = random.chance(0.5) ? mandate.umn : (umn ?? mandate.umn)
    const last = mandate.debits.find((one) => !mandates.isRefusedNotice(one))?.sequence ?? 0
    const debit = {
      sequence: last + 1,
      amountPaise: random.between(1, mandate.terms.amountPaise),
      dueOn: addDays(istDateOf(clock.now()), random.between(1, 2)),
    }
    const [from, validTo] = [istDateOf(clock.now()), terms.validTo]
    const amountPaise = random.between(100, terms.amountPaise)
    const input = { params: { umn: umn! }, body: debit }
    await Promise.all([
      tryCall(context, payee, 'present', mandates.presentDebit, input),
      random.chance(0.4) ? take(context, random, { payer, payeeVpa: payee.vpa }, name, id) : 0,
      random.chance(0.15) ? random.pick(changesOf(context, payer, id))() : 0,
      random.chance(0.1)
        ? tryCall(context, payer, 'skip', mandates.skipDebit, { params: { id, sequence: last } })
        : 0,
      random.chance(0.15)
        ? there(
            random.pick([
              ...[{ do: 'pause' as const, from, until: from }, { do: 'unpause' as const }],
              { do: 'update' as const, amountPaise, validTo },
              ...(random.chance(0.2) ? [{ do: 'revoke' as const }] : []),
            ]),
          )
        : 0,
      random.chance(0.03) ? tryCall(context, payee, 'revoke', mandates.revokeMandate, { params }) : 0,
    ])
  }
}
