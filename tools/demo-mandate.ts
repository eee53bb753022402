// Gives a mandate through the public API with the PIN, presents a debit as its payee, and shows events and messages.
import * as audit from '@bahi/contracts/audit.ts'
import { formatRupees } from '@bahi/contracts/formats.ts'
import { presentDebit } from '@bahi/contracts/mandates.ts'
import * as notification from '@bahi/contracts/notification.ts'
import { addDays, istDateOf } from '@bahi/contracts/recurrence.ts'
import { giveMandate, login, type Customer } from '@bahi/platform/api-client.ts'
import { demoPeople, demoStaff } from '@bahi/platform/seed.ts'
import { retried } from './demo-schedule.ts'

/** Asha lets Ravi debit up to twice the amount whenever he presents a debit, and he presents one. */
export async function demoMandate(url: string, amountPaise: number): Promise<void> {
  const [asha, ravi] = [demoPeople[0], demoPeople[1]]
  const payer = await login(url, asha)
  const payee = await login(url, ravi)
  const auditor = await login(url, demoStaff[1])
  const customer = { ...payer, bank: 'BAHI', vpa: asha.vpa, pin: asha.pin } as Customer
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
  const records = await retried(async () => {
    const found = await auditor.call(audit.listRecords, { querystring: { subject: id, limit: 50 } })
    return found.records.length >= 2 ? found.records.toReversed() : undefined
  })
  for (const { seq, type, at } of records ?? [])
    console.log(`   ${String(seq).padStart(6)}  ${type.padEnd(34)} ${at}`)
  console.log('\n  messages')
  const { notifications } = await payer.call(notification.listMessages, { querystring: { limit: 20 } })
  for (const { text, data } of notifications.toReversed())
    if (data['mandateId'] === id) console.log(`   ${text}`)
  console.log('\n  To skip the debit or cancel the mandate: /autopay in the app.\n')
}
