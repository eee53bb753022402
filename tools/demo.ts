// Makes one payment through the public API and draws what happened where.
import * as account from '@bahi/contracts/account.ts'
import * as audit from '@bahi/contracts/audit.ts'
import { formatRupees } from '@bahi/contracts/formats.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import * as notification from '@bahi/contracts/notification.ts'
import * as payment from '@bahi/contracts/payment.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { defaultUrl, exitWith, parseArguments } from '@bahi/platform/arguments.ts'
import { apiAt, login, pinKeys, sealPin, type SignedInPerson } from '@bahi/platform/api-client.ts'
import { demoPeople, demoStaff } from '@bahi/platform/seed.ts'
import { demoMandate } from './demo-mandate.ts'
import { demoRequest } from './demo-request.ts'
import { demoSchedule } from './demo-schedule.ts'

const help = `npm run demo [-- request | schedule | mandate] [-- options]

Pays ₹25.00 from Asha to Ravi through the public API of a running bahi (npm start), and shows what happened where:
the calls, the events, the ledger's entries, the audit records, the messages.

  request           asks for money, at our bank and across banks, and approves
  schedule          plans a payment for every day from today on, and pays the first one
  mandate           gives mandates (AutoPay) with the PIN, to payees here and at another bank, who announce debits

  --amount <paise>  default 2500
  --wrong-pin       see a decline
  --url <base>      default http://127.0.0.1:8080
  --help            this text`

const { values, positionals } = parseArguments(
  help,
  {
    amount: { type: 'string', default: '2500' },
    'wrong-pin': { type: 'boolean' },
    url: { type: 'string', default: defaultUrl },
  },
  { allowPositionals: true },
)
const [what = 'payment'] = positionals
if (!['payment', 'request', 'schedule', 'mandate'].includes(what)) exitWith(help)
const amountPaise = Number(values.amount)
if (!Number.isSafeInteger(amountPaise) || amountPaise < 1) {
  console.error('--amount is a whole number of paise, from 1')
  process.exit(2)
}

try {
  if (what === 'schedule') await demoSchedule(values.url, amountPaise)
  else if (what === 'request') await demoRequest(values.url, amountPaise)
  else if (what === 'mandate') await demoMandate(values.url, amountPaise)
  else await demo(values.url)
} catch (error) {
  const reached = error instanceof Problem
  console.error(
    reached
      ? `${error.code}: ${error.message}`
      : `${values.url} does not answer. Start bahi first (npm start), or say where it is (--url)`,
  )
  process.exit(1)
}

async function demo(url: string): Promise<void> {
  const [asha, ravi] = [demoPeople[0], demoPeople[1]]
  const payer = await login(url, asha)
  const payee = await login(url, ravi)
  const auditor = await login(url, demoStaff[1])
  const operator = await login(url, demoStaff[0])
  const id = uuidv7()
  const keys = await pinKeys(apiAt(url))
  const pin = await sealPin(keys, {
    pin: values['wrong-pin'] ? '9031' : asha.pin,
    purpose: 'pay',
    paymentId: id,
    amountPaise,
    payeeVpa: ravi.vpa,
  })
  const live = listen(url, payee)
  const beganMs = performance.now()
  const paid = await payer.call(payment.pay, {
    params: { id },
    body: { payerVpa: asha.vpa, payeeVpa: ravi.vpa, amountPaise, note: 'Demonstration', pin },
  })
  const tookMs = performance.now() - beganMs
  const liveMs =
    paid.status === 'settled' ? await live.arrival(id).then(() => performance.now() - beganMs) : undefined
  live.close()

  const records = await settledRecords(auditor, id)
  const entries = [...(await entriesIn(payer, id)), ...(await entriesIn(payee, id))]
  const deliveries = await endedDeliveries(operator, id)
  const verdict = await auditor.call(audit.verifyRecords, {})

  const line = (text = '') => console.log(text)
  const ended = `${paid.status.toUpperCase()}${paid.failure ? ` ${paid.failure.code}: ${paid.failure.message}` : ''}`
  const moved = paid.status === 'settled' ? 'debit + credit' : 'nothing moves'
  line(`
  ${asha.name} ──── ${formatRupees(amountPaise)} ────▶ ${ravi.name}        ${ended}
  payment ${paid.id}   RRN ${paid.rrn}   ${paid.txnId}

  app            gateway          payment           account            ledger
   │  PUT /v1/payments/:id │               │                 │                  │
   ├───────────────▶│ token, limits        │                 │                  │
   │                ├─────────────────────▶│ begin: row +    │                  │
   │                │                      │ payment.begun   │                  │
   │                │                      ├────────────────▶│ open PIN block,  │
   │                │                      │                 │ check PIN        │
   │                │                      │                 ├─────────────────▶│ ${moved}
   │                │                      │◀────────────────┤ code ${paid.failure?.code ?? '00'}          │
   │                │                      │ end: row +      │                  │
   │◀───────────────┼──────────────────────┤ payment.${paid.status}                  │
   │  ${tookMs.toFixed(0)} ms${liveMs === undefined ? '' : `; ${ravi.name} saw it live after ${liveMs.toFixed(0)} ms`}`)
  line('\n  events and their audit records (hash-chained)')
  for (const r of records)
    line(`   ${String(r.seq).padStart(6)}  ${r.type.padEnd(22)} ${r.at}  ${r.hash.slice(0, 16)}…`)
  const whole = verdict.whole ? 'whole' : `BROKEN, ${verdict.faults.length} fault(s)`
  line(`          chain of ${verdict.records} records: ${whole}`)
  line('\n  ledger entries')
  for (const e of entries) {
    const amount = formatRupees(e.amountPaise).padStart(14)
    line(`   ${e.name.padEnd(14)} ${amount}   balance after ${formatRupees(e.balancePaise).padStart(16)}`)
  }
  line(
    entries.length === 0
      ? '   none'
      : `   ${'sum'.padEnd(14)} ${formatRupees(entries.reduce((sum, e) => sum + e.amountPaise, 0)).padStart(14)}`,
  )
  line('\n  messages')
  for (const d of deliveries)
    line(`   ${d.channel.padEnd(6)} to ${d.to.padEnd(24)} ${d.template.padEnd(20)} ${d.status}`)
  for (const human of [payer, payee]) {
    const { notifications } = await human.call(notification.listMessages, { querystring: { limit: 20 } })
    for (const m of notifications)
      if (m.data['paymentId'] === id) line(`   in app to ${human.name}: ${m.text}`)
  }
  line()
}

/** Events reach the audit a moment after the answer. */
async function settledRecords(auditor: SignedInPerson, subject: string): Promise<audit.AuditRecord[]> {
  for (let tries = 0; ; tries++) {
    const { records } = await auditor.call(audit.listRecords, { querystring: { subject, limit: 50 } })
    if (records.length >= 2 || tries > 40) return records.reverse()
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** Messages leave a moment after the events. */
async function endedDeliveries(operator: SignedInPerson, subject: string) {
  for (let tries = 0; ; tries++) {
    const { deliveries } = await operator.call(notification.deliveriesOf, { querystring: { subject } })
    if (deliveries.every((d) => d.status !== 'waiting') || tries > 40) return deliveries
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

async function entriesIn(human: SignedInPerson, transferId: string) {
  const { accounts } = await human.call(account.listAccounts, {})
  const found = []
  for (const one of accounts.filter((a) => a.bank === 'BAHI')) {
    const { entries } = await human.call(account.statement, {
      params: { id: one.id },
      querystring: { limit: 20 },
    })
    found.push(...entries.filter((e) => e.transferId === transferId).map((e) => ({ ...e, name: human.name })))
  }
  return found
}

/** The person's live stream; `arrival` resolves when it mentions a payment. */
function listen(url: string, human: SignedInPerson) {
  const abort = new AbortController()
  const waiting = new Map<string, () => void>()
  let received = ''
  void (async () => {
    const response = await fetch(`${url}/v1/stream`, {
      headers: { authorization: `Bearer ${human.token()}` },
      signal: abort.signal,
    })
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      received += chunk
      for (const [id, resolve] of waiting) if (received.includes(id)) resolve()
    }
  })().catch(() => undefined)
  return {
    arrival: (id: string) =>
      new Promise<void>((resolve) => {
        if (received.includes(id)) resolve()
        else waiting.set(id, resolve)
        setTimeout(resolve, 5_000).unref()
      }),
    close: () => abort.abort(),
  }
}
