// Plans a payment through the public API, pays its first date with the PIN, and shows its dates, events and messages.
import { formatRupees } from '@bahi/contracts/formats.ts'
import { showSchedule } from '@bahi/contracts/schedules.ts'
import { pay, planDaily } from '@bahi/platform/api-client.ts'
import { asha, ravi, retried, showEvents, showMessages, signIn } from './demo-parts.ts'

/** Asha plans a payment to Ravi for every day from today on, and pays the one of today. */
export async function demoSchedule(url: string, amountPaise: number): Promise<void> {
  const { customer, auditor } = await signIn(url)
  const planned = await planDaily(customer, ravi.vpa, amountPaise)
  const params = { id: planned.id }
  console.log(
    `\n  ${asha.name} plans ${formatRupees(amountPaise)} to ${ravi.name}, every day from ${planned.startsOn}`,
  )
  const due = await retried(async () => (await customer.call(showSchedule, { params })).schedule.due)
  if (!due) throw new Error('it did not become due')
  console.log(`  date ${due.number} (${due.on}) is due: the PIN pays it, until ${due.payableUntil}`)
  const initiation = { origin: { kind: 'schedule' as const, id: planned.id } }
  const order = { id: due.paymentId, payeeVpa: ravi.vpa, amountPaise, initiation }
  const paid = await pay(customer, order)
  console.log(`  payment ${paid.id}: ${paid.status}, RRN ${paid.rrn}\n\n  dates`)
  const { occurrences } = await customer.call(showSchedule, { params })
  for (const { number, on, status } of occurrences.toReversed()) console.log(`   ${number}  ${on}  ${status}`)
  console.log('\n  events, in the audit chain')
  await showEvents(auditor.call, planned.id, 3)
  console.log('\n  messages')
  const isAbout = (data: Record<string, unknown>) =>
    data['scheduleId'] === planned.id || data['paymentId'] === paid.id
  await showMessages(customer.call, isAbout)
  console.log('\n  The next date is announced at 8:00 of its day. To end it: /schedules in the app.\n')
}
