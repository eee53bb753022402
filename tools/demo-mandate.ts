// Gives a mandate through the public API with the PIN, presents a debit as its payee, and shows events and messages.
import { formatRupees } from '@bahi/contracts/formats.ts'
import type { Call } from '@bahi/contracts/call.ts'
import type { MandateTerms } from '@bahi/contracts/mandate-rules.ts'
import { listMandates, presentDebit } from '@bahi/contracts/mandates.ts'
import { addDays, istDateOf } from '@bahi/contracts/recurrence.ts'
import {
  mandateFromOutside,
  noticeFromOutside,
  showOutsideMandate,
} from '@bahi/contracts/sandbox-mandates.ts'
import { agreeToMandate, giveMandate, type Customer } from '@bahi/platform/api-client.ts'
import { asha, ravi, retried, showEvents, showMessages, signIn } from './demo-parts.ts'

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
  const debit = await payee.call(presentDebit, { params: { umn: umn! }, body })
  console.log(
    `  debit 1 of ${formatRupees(amountPaise)} is announced for ${debit.dueOn}, made without the PIN`,
  )
  console.log(`  not before ${debit.executeAt}, in hours without peak\n\n  events, in the audit chain`)
  await showEvents(auditor.call, id, 2)
  console.log('\n  messages')
  await showMessages(customer.call, (data) => data['mandateId'] === id)
  await demoAcrossBanks(customer, auditor.call, amountPaise)
  console.log('\n  To skip a debit or cancel a mandate: /autopay in the app.\n')
}

/** A merchant with another app asks for a mandate and announces a debit, which that app makes on its day. */
async function demoAcrossBanks(customer: Customer, audit: Call, amountPaise: number): Promise<void> {
  const payeeVpa = 'shop@sandbox'
  console.log(`\n  ${payeeVpa} at another bank asks ${asha.name} for a mandate: ReqAuthMandate CREATE`)
  const validFrom = istDateOf(new Date())
  const terms: MandateTerms = {
    ...{ amountRule: 'MAX', amountPaise: 2 * amountPaise, recurrence: 'ASPRESENTED' },
    ...{ validFrom, validTo: addDays(validFrom, 30), revocable: true, blockFunds: false },
  }
  const name = `Demo ${new Date().toISOString().slice(11, 19)}`
  const body = { payeeVpa, payerVpa: customer.vpa, name, terms }
  const params = await customer.call(mandateFromOutside, { body })
  const querystring = { direction: 'payer', status: 'requested' } as const
  const asked = await retried(async () =>
    (await customer.call(listMandates, { querystring })).mandates.find((one) => one.name === name),
  )
  if (!asked) throw new Error('the mandate did not arrive')
  await agreeToMandate(customer, asked)
  const there = () => customer.call(showOutsideMandate, { params })
  const known = await retried(async () => ((await there()).status === 'active' ? there() : undefined))
  console.log(`  ${asha.name} agrees with the PIN; the other app knows mandate ${known?.umn ?? '(not yet)'}`)
  const dueOn = addDays(validFrom, 2)
  await customer.call(noticeFromOutside, { params, body: { sequence: 1, amountPaise, dueOn } })
  const taken = await retried(async () => (await there()).debits.find(({ status }) => status !== 'announced'))
  console.log(
    `  ReqAuthMandate NOTIFY: debit 1 of ${formatRupees(amountPaise)} for ${dueOn} is ${taken?.status}`,
  )
  await showEvents(audit, asked.id, 3)
}
