// The addresses at `@sandbox`: what each does when it is paid, and when it pays.
import { splitVpa } from '@bahi/contracts/formats.ts'
import type { Effect } from '@bahi/contracts/scenario.ts'
import type { WireParty } from '@bahi/contracts/network.ts'

type Address = {
  name: string
  asPayee: string
  asPayer: string
  payee: Effect[]
  payer: Effect[]
  merchant?: true
}

const drop = (...what: Extract<Effect, { do: 'drop' }>['what'][]): Effect[] =>
  what.map((one) => ({ do: 'drop', what: one }))
const pays = 'pays; it has plenty of money'

const addresses: Record<string, Address> = {
  ok: { name: 'ok', asPayee: 'is paid', asPayer: pays, payee: [], payer: [] },
  shop: { name: 'shop', asPayee: 'is paid; a merchant', asPayer: pays, payee: [], payer: [], merchant: true },
  timeout: {
    name: 'timeout',
    asPayee: 'is paid, but the answer never comes: a check finds success',
    asPayer: 'pays, and the confirmation never comes',
    payee: drop('answer'),
    payer: drop('confirmation'),
  },
  silent: {
    name: 'silent',
    asPayee: 'the request is acknowledged and lost: a check finds failure',
    asPayer: 'the credit to our bank is lost: reversed, and fails',
    payee: drop('request'),
    payer: drop('credit'),
  },
  deemed: {
    name: 'deemed',
    asPayee: 'its bank does not answer: deemed, then credited (TCC)',
    asPayer: 'our bank’s answer is lost, and the reversal too: deemed, then credited (TCC)',
    payee: [{ do: 'deemed', then: 'TCC' }],
    payer: [{ do: 'deemed', then: 'TCC' }],
  },
  returned: {
    name: 'returned',
    asPayee: 'its bank does not answer: deemed, then returned (RET)',
    asPayer: 'the credit and its reversal are lost: deemed, then returned (RET)',
    payee: [{ do: 'deemed', then: 'RET' }],
    payer: [{ do: 'deemed', then: 'RET' }],
  },
  late: {
    name: 'late',
    asPayee: 'is paid; the answer comes after nobody waits for it any more',
    asPayer: 'pays; the confirmation comes late',
    payee: [{ do: 'late', what: 'answer' }],
    payer: [{ do: 'late', what: 'confirmation' }],
  },
  twice: {
    name: 'twice',
    asPayee: 'is paid once, and it is told twice',
    asPayer: 'pays once; credit and confirmation come twice',
    payee: [{ do: 'twice', what: 'answer' }],
    payer: [
      { do: 'twice', what: 'address' },
      { do: 'twice', what: 'credit' },
      { do: 'twice', what: 'confirmation' },
    ],
  },
  slow: {
    name: 'slow',
    asPayee: 'is paid after 8 seconds',
    asPayer: 'pays after 8 seconds',
    payee: [{ do: 'delay', what: 'credit', ms: 8_000 }],
    payer: [{ do: 'delay', what: 'debit', ms: 8_000 }],
  },
  offline: {
    name: 'offline',
    asPayee: 'its bank cannot be reached: fails with U78',
    asPayer: 'its bank cannot be reached: fails with U28',
    payee: [{ do: 'offline', side: 'payee' }],
    payer: [{ do: 'offline', side: 'payer' }],
  },
  'reversal-fails': {
    name: 'reversal fails',
    asPayee: 'is credited without an answer, and the reversal fails (96): deemed, then credited',
    asPayer: 'our bank’s answer is lost, and so is the reversal’s: deemed, then what our bank says',
    payee: [...drop('credit-answer'), { do: 'reversal-fails' }],
    payer: drop('credit-answer', 'reversal'),
  },
}

/** Each as likely as the others; the first is that nothing goes wrong. */
const chaos = [
  'ok',
  'timeout',
  'silent',
  'deemed',
  'returned',
  'late',
  'twice',
  'slow',
  'offline',
  'declined.z9',
  'declined.yf',
]

/** Codes that only a payee's bank can give; those of the switch begin with U and two digits. */
const payeeCodes = 'XC XE XG XI XU XW YD YF YH ZY Y1 BT UB PS X6 X7 ZI ZG YG DF'.split(' ')

function declined(code: string): Effect[] {
  const at = /^(U\d|ZH|ZE)/.test(code) ? 'address' : payeeCodes.includes(code) ? 'credit' : 'debit'
  return [{ do: 'decline', at, code }]
}

function nameIn(vpa: string): string | undefined {
  const split = splitVpa(vpa)
  return split?.handle === 'sandbox' ? split.name : undefined
}

const codeIn = (name: string): string | undefined =>
  /^declined\.(?!00$)([a-z0-9]{2,3})$/.exec(name)?.[1]?.toUpperCase()

/** Undefined for an address that is not one of these. */
export function effectsOfAddress(
  vpa: string,
  as: 'payee' | 'payer',
  roll: (word: string) => number,
): Effect[] | undefined {
  const name = nameIn(vpa)
  if (name === undefined) return undefined
  const drawn = name === 'chaos' ? chaos[Math.floor(roll('chaos') * chaos.length)]! : name
  const code = codeIn(drawn)
  if (code) return declined(code)
  return addresses[drawn]?.[as]
}

/** Who is behind an address at `@sandbox`; undefined for one that is not there. */
export function sandboxParty(vpa: string): Pick<WireParty, 'name' | 'type' | 'code'> | undefined {
  const name = nameIn(vpa)
  if (name === undefined) return undefined
  const code = codeIn(name)
  const said = name === 'chaos' ? name : code ? `declined ${code}` : addresses[name]?.name
  if (said === undefined) return undefined
  return addresses[name]?.merchant
    ? { name: `Sandbox: ${said}`, type: 'ENTITY', code: '5411' }
    : { name: `Sandbox: ${said}`, type: 'PERSON', code: '0000' }
}

export type Explained = { vpa: string; asPayee: string; asPayer: string }

export function explainedAddresses(): Explained[] {
  const listed = Object.entries(addresses).map(([name, { asPayee, asPayer }]) => ({
    vpa: `${name}@sandbox`,
    asPayee,
    asPayer,
  }))
  const code = 'declined with that code, such as declined.z9 (no money) or declined.yf (payee frozen)'
  return [
    ...listed,
    { vpa: 'declined.<code>@sandbox', asPayee: code, asPayer: code },
    { vpa: 'chaos@sandbox', asPayee: 'any of these, drawn by seed and Txn.id', asPayer: 'any of these' },
  ]
}
