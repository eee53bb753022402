// Gives a mandate through the public API with the PIN, presents a debit as its payee, and shows events and messages.
import { formatRupees } from '@bahi/contracts/formats.ts'
import { presentDebit } from '@bahi/contracts/mandates.ts'
import { addDays, istDateOf } from '@bahi/contracts/recurrence.ts'
import { giveMandate } from '@bahi/platform/api-client.ts'
import { asha, ravi, showEvents, showMessages, signIn } from './demo-parts.ts'

/** Asha lets Ravi debit up to twice the amount whenever he presents a debit, and he presents one. */
export async function demoMandate(url: string, amountPaise: number): Promise<void> {
  const { customer, payee, auditor } = await signIn(url)
  const today = istDateOf(new Date())
  const { id, umn, status } = await giveMandate(customer, ravi.vpa, {
    ...{ name: 'Demo', amountRule: 'MAX', amountPaise: 2 * amountPaise, recurrence: 'ASPRESENTED' },
    ...{ validFrom: today, validTo: addDays(today, 30) },
  })
  console.log(`\n  ${asha.name} lets ${ravi.name} debit up to ${formatRupees(2 * amountPaise)}, with the PIN`)
  console.log(`  mandate ${umn}: ${status}`)
  const body = { sequence: 1, amountPaise, dueOn: addDays(today, 2) }
  const debit = await payee.call(presentDebit, { params: { umn }, body })
  console.log(
    `  debit 1 of ${formatRupees(amountPaise)} is announced for ${debit.dueOn}, made without the PIN`,
  )
  console.log(`  not before ${debit.executeAt}, in hours without peak\n\n  events, in the audit chain`)
  await showEvents(auditor.call, id, 2)
  console.log('\n  messages')
  await showMessages(customer.call, (data) => data['mandateId'] === id)
  console.log('\n  To skip the debit or cancel the mandate: /autopay in the app.\n')
}
