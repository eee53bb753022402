// Plans a payment through the public API, pays its first date with the PIN, and shows its dates, events and messages.
import { formatRupees } from '@bahi/contracts/formats.ts'
import * as audit from '@bahi/contracts/audit.ts'
import * as notification from '@bahi/contracts/notification.ts'
import { showSchedule } from '@bahi/contracts/schedules.ts'
import { login, pay, planDaily, type Customer } from '@bahi/platform/api-client.ts'
import { demoPeople, demoStaff } from '@bahi/platform/seed.ts'

/** Asha plans a payment to Ravi for every day from today on, and pays the one of today. */
export async function demoSchedule(url: string, amountPaise: number): Promise<void> {
  const [asha, ravi] = [demoPeople[0], demoPeople[1]]
  const payer = await login(url, asha)
  const auditor = await login(url, demoStaff[1])
  const customer = { ...payer, bank: 'BAHI', vpa: asha.vpa, pin: asha.pin } as Customer
  const planned = await planDaily(customer, ravi.vpa, amountPaise)
  const params = { id: planned.id }
  console.log(
    `\n  ${asha.name} plans ${formatRupees(amountPaise)} to ${ravi.name}, every day from ${planned.startsOn}`,
  )
  const due = await retried(async () => (await payer.call(showSchedule, { params })).schedule.due)
  if (!due) throw new Error('it did not become due')
  console.log(`  date ${due.number} (${due.on}) is due: the PIN pays it, until ${due.payableUntil}`)
  const initiation = { origin: { kind: 'schedule' as const, id: planned.id } }
  const order = { id: due.paymentId, payeeVpa: ravi.vpa, amountPaise, initiation }
  const paid = await pay(customer, order)
  console.log(`  payment ${paid.id}: ${paid.status}, RRN ${paid.rrn}\n\n  dates`)
  const { occurrences } = await payer.call(showSchedule, { params })
  for (const { number, on, status } of occurrences.toReversed()) console.log(`   ${number}  ${on}  ${status}`)
  console.log('\n  events, in the audit chain')
  const records = await retried(async () => {
    const found = await auditor.call(audit.listRecords, { querystring: { subject: planned.id, limit: 50 } })
    return found.records.length >= 3 ? found.records.toReversed() : undefined
  })
  for (const { seq, type, at } of records ?? [])
    console.log(`   ${String(seq).padStart(6)}  ${type.padEnd(26)} ${at}`)
  console.log('\n  messages')
  const { notifications } = await payer.call(notification.listMessages, { querystring: { limit: 20 } })
  for (const { text, data } of notifications.toReversed())
    if (data['scheduleId'] === planned.id || data['paymentId'] === paid.id) console.log(`   ${text}`)
  console.log('\n  The next date is announced at 8:00 of its day. To end it: /schedules in the app.\n')
}

/** The work that is due, and events, arrive a moment later. */
export async function retried<T>(read: () => Promise<T | undefined>): Promise<T | undefined> {
  for (let tries = 0; tries < 60; tries++) {
    const found = await read()
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  return undefined
}
