// Asks for money through the public API, at our bank and across banks, and shows each request, its answer, its events.
import type { Call } from '@bahi/contracts/call.ts'
import { formatRupees, txnIdOf } from '@bahi/contracts/formats.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { listRequests, makeRequest, showRequest, type RequestView } from '@bahi/contracts/requests.ts'
import { requestFromOutside } from '@bahi/contracts/sandbox.ts'
import { networkTransactions } from '@bahi/contracts/scenario.ts'
import { pay } from '@bahi/platform/api-client.ts'
import { asha, ravi, retried, showEvents, signIn } from './demo-parts.ts'

/** Ravi asks Asha, who pays; a customer of another bank asks her too; and Ravi asks one of them. */
export async function demoRequest(url: string, amountPaise: number): Promise<void> {
  const { customer, payee: asker, auditor } = await signIn(url)
  const payFor = ({ id, payee, txnId }: RequestView) => {
    const initiation = { origin: { kind: 'request' as const, id } }
    return pay(customer, { payeeVpa: payee.vpa, amountPaise, initiation, txnId })
  }
  const ask = (payerVpa: string) =>
    asker.call(makeRequest, {
      params: { id: uuidv7() },
      body: { payeeVpa: ravi.vpa, payerVpa, amountPaise, note: 'Demonstration' },
    })

  console.log(`\n  ${ravi.name} asks ${asha.name} for ${formatRupees(amountPaise)}, at our bank`)
  const own = await ask(asha.vpa)
  const paid = await payFor(own)
  console.log(`  ${asha.name} approves with the PIN: ${paid.status}, RRN ${paid.rrn}`)
  await showEvents(auditor.call, own.id, 2)

  console.log(`\n  somebody at another bank asks ${asha.name}: ReqAuthDetails COLLECT`)
  const body = { payeeVpa: 'ok@sandbox', payerVpa: asha.vpa, amountPaise, note: 'Demonstration' }
  const { txnId } = await customer.call(requestFromOutside, { body })
  const querystring = { direction: 'received', status: 'pending' } as const
  const came = await retried(async () => {
    const { requests } = await customer.call(listRequests, { querystring })
    return requests.find((one) => one.acrossBanks && one.payee.vpa === body.payeeVpa)
  })
  if (!came) throw new Error('the request did not arrive')
  const approved = await payFor(came)
  console.log(`  ${asha.name} approves with the PIN: ${approved.status}, RRN ${approved.rrn}`)
  await showEvents(auditor.call, came.id, 2)
  await showSteps(customer.call, txnId)

  console.log(`\n  ${ravi.name} asks ok@sandbox at another bank: ReqPay COLLECT`)
  const sent = await ask('ok@sandbox')
  const ended = await retried(async () => {
    const request = await asker.call(showRequest, { params: { id: sent.id } })
    return request.status === 'pending' ? undefined : request
  })
  console.log(`  it is ${ended?.status ?? 'pending'}`)
  await showEvents(auditor.call, sent.id, 2)
  await showSteps(customer.call, txnIdOf('BHI', sent.id))
  console.log('\n  To see them: /requests in the app.\n')
}

async function showSteps(call: Call, txnId: string): Promise<void> {
  const { transactions } = await call(networkTransactions, { querystring: { txnId } })
  for (const { at, what } of transactions[0]?.steps ?? []) console.log(`           ${at}  ${what}`)
}
