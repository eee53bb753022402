// Prints an encrypted PIN block for use with curl: what the app makes before the PIN leaves the phone.
import type { PinBlock } from '@bahi/contracts/pin-block.ts'
import { defaultUrl, parseArguments } from '@bahi/platform/arguments.ts'
import { apiAt, pinKeys, sealPin } from '@bahi/platform/api-client.ts'

const help = `npm run --silent pin -- --pin 4071 --purpose pay --payment <id> --amount 25000 --payee ravi@bahi
npm run --silent pin -- --pin 4071 --purpose set-pin --account <id>
npm run --silent pin -- --pin 4071 --purpose balance --account <id>

Encrypts a UPI PIN for the account's bank (GET /v1/keys), bound to what it is for, and prints the compact JWE.

  --pin <digits>        the UPI PIN
  --old-pin <digits>    with set-pin: the PIN until now, to change it without card and one-time code
  --purpose <what>      pay | set-pin | balance
  --payment <id>        pay: the payment's id (a UUIDv7)
  --amount <paise>      pay: the amount
  --payee <upi id>      pay: who gets it
  --account <id>        set-pin, balance: the linked account's id
  --bank <code>         the account's bank, default BAHI
  --url <base>          default http://127.0.0.1:8080
  --help                this text`

const { values } = parseArguments(help, {
  pin: { type: 'string' },
  'old-pin': { type: 'string' },
  purpose: { type: 'string', default: 'pay' },
  payment: { type: 'string' },
  amount: { type: 'string' },
  payee: { type: 'string' },
  account: { type: 'string' },
  bank: { type: 'string', default: 'BAHI' },
  url: { type: 'string', default: defaultUrl },
})
const needed = values.purpose === 'pay' ? (['payment', 'amount', 'payee'] as const) : (['account'] as const)
const faults = (['pin', ...needed] as const)
  .filter((name) => !values[name])
  .map((name) => `--${name} is missing`)
if (!['pay', 'set-pin', 'balance'].includes(values.purpose))
  faults.push('--purpose is one of pay, set-pin, balance')
if (values.amount && !/^[1-9]\d*$/.test(values.amount)) faults.push('--amount is a whole number of paise')
if (faults.length > 0) {
  for (const fault of faults) console.error(fault)
  console.error(`\n${help}`)
  process.exit(2)
}
const keys = await pinKeys(apiAt(values.url)).catch((error: unknown) => {
  console.error(`${values.url} does not answer (${(error as Error).message}): is bahi started? npm start`)
  process.exit(1)
})
const block: Omit<PinBlock, 'iat'> = {
  pin: values.pin!,
  purpose: values.purpose as PinBlock['purpose'],
  ...(values['old-pin'] ? { oldPin: values['old-pin'] } : {}),
  ...(values.payment ? { paymentId: values.payment } : {}),
  ...(values.amount ? { amountPaise: Number(values.amount) } : {}),
  ...(values.payee ? { payeeVpa: values.payee } : {}),
  ...(values.account ? { accountId: values.account } : {}),
}
console.log(await sealPin(keys, block, values.bank))
