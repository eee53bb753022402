// Two new people of a sandbox that runs elsewhere, and payments between them, each of which must settle.
import { randomInt } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { becomeCustomer, pay, pinKeys, register } from '@bahi/platform/api-client.ts'
import { defaultUrl, exitWith, parseArguments } from '@bahi/platform/arguments.ts'

const help = `pay --url <base>

Makes two new people of a sandbox through its public API, and payments of ₹1.00 between them. Prints a line for each
payment, and ends with 1 unless each has settled.

  --url <base>       the gateway (default http://127.0.0.1:8080)
  --payments <n>     at most 20: more from one account are refused on a day (default 10)
  --pause-ms <n>     between two payments (default 500)
  --help             this text`

const { values } = parseArguments(help, {
  url: { type: 'string', default: defaultUrl },
  payments: { type: 'string', default: '10' },
  'pause-ms': { type: 'string', default: '500' },
})
const payments = Number(values.payments)
const pauseMs = Number(values['pause-ms'])
if (!(Number.isInteger(payments) && payments >= 1 && payments <= 20))
  exitWith(`--payments ${values.payments}: 1 to 20`)
if (!(pauseMs >= 0)) exitWith(`--pause-ms ${values['pause-ms']}: a number from 0`)

let failed = 0
const fail = (error: unknown) => {
  failed += 1
  console.log(`failed: ${(error as Error).message}`)
}

async function customer(name: string) {
  const digits = String(randomInt(1e9)).padStart(9, '0')
  const person = await register(values.url, { phone: `+919${digits}`, name, password: 'khata-kholo-2026' })
  // Letters: a number is for the phone that it is of.
  const handle = digits.replaceAll(/\d/g, (digit) => 'abcdefghij'[Number(digit)]!)
  return becomeCustomer(person, { vpa: `pay.${handle}@bahi`, pin: '4071', balancePaise: 100_00 })
}

try {
  const [payer, payee] = [await customer('Asha Payer'), await customer('Ravi Payee')]
  const keys = await pinKeys(payer.call)
  for (let nth = 0; nth < payments; nth++) {
    if (nth > 0) await delay(pauseMs)
    await pay(payer, { payeeVpa: payee.vpa, amountPaise: 1_00 }, keys).then(({ status, failure }) => {
      if (status === 'settled') console.log('settled')
      else fail(new Error(`${status} ${failure?.code ?? ''}`))
    }, fail)
  }
} catch (error) {
  fail(error)
}
process.exitCode = failed > 0 ? 1 : 0
