// The addresses at `@sandbox`: the faults of each, as payee and as payer.
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
  what.map((message) => ({ do: 'drop', what: message }))
const pays = 'pays; its funds are unlimited'

/** By name. A stranger may ask for any name: `constructor@sandbox` is nobody. */
const addresses = new Map<string, Address>(
  Object.entries<Address>({
    ok: { name: 'ok', asPayee: 'is paid', asPayer: pays, payee: [], payer: [] },
    shop: {
      name: 'shop',
      asPayee: 'is paid; a merchant',
      asPayer: pays,
      payee: [],
      payer: [],
      merchant: true,
    },
    timeout: {
      name: 'timeout',
      asPayee: 'is paid, but the response is lost: a status check finds success',
      asPayer: 'pays, but the confirmation is lost',
      payee: drop('answer'),
      payer: drop('confirmation'),
    },
    silent: {
      name: 'silent',
      asPayee: 'the request is acknowledged but lost: a status check finds failure',
      asPayer: 'the credit to our bank is lost: the payment is reversed and fails',
      payee: drop('request'),
      payer: drop('credit'),
    },
    deemed: {
      name: 'deemed',
      asPayee: 'its bank does not answer: deemed, then credited (TCC)',
      asPayer: 'our bank’s response and the reversal are lost: deemed, then credited (TCC)',
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
      asPayee: 'is paid; the response comes after the timeout',
      asPayer: 'pays; the confirmation comes late',
      payee: [{ do: 'late', what: 'answer' }],
      payer: [{ do: 'late', what: 'confirmation' }],
    },
    twice: {
      name: 'twice',
      asPayee: 'is paid once; the response is sent twice',
      asPayer: 'pays once; credit and confirmation are sent twice',
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
    asleep: {
      name: 'asleep',
      asPayee: 'is paid',
      asPayer: 'never answers a request: it expires',
      payee: [],
      payer: [],
    },
    offline: {
      name: 'offline',
      asPayee: 'its bank is unreachable: fails with U78',
      asPayer: 'its bank is unreachable: fails with U28',
      payee: [{ do: 'offline', side: 'payee' }],
      payer: [{ do: 'offline', side: 'payer' }],
    },
    'reversal-fails': {
      name: 'reversal fails',
      asPayee: 'is credited without a response, and the reversal fails (96): deemed, then credited',
      asPayer: 'our bank’s response and that of the reversal are lost: deemed, then as our bank reports',
      payee: [...drop('credit-answer'), { do: 'reversal-fails' }],
      payer: drop('credit-answer', 'reversal'),
    },
  }),
)

/** Equally likely; with the first nothing goes wrong. */
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

/** Codes that only a payee's bank gives; those of the switch begin with U and two digits. */
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

/** Undefined for any other address. */
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
  return addresses.get(drawn)?.[as]
}

/** The party of an address at `@sandbox`; undefined when there is no such address. */
export function partyOfAddress(vpa: string): Pick<WireParty, 'name' | 'type' | 'code'> | undefined {
  const name = nameIn(vpa)
  if (name === undefined) return undefined
  const code = codeIn(name)
  const label = name === 'chaos' ? name : code ? `declined ${code}` : addresses.get(name)?.name
  if (label === undefined) return undefined
  return addresses.get(name)?.merchant
    ? { name: `Sandbox: ${label}`, type: 'ENTITY', code: '5411' }
    : { name: `Sandbox: ${label}`, type: 'PERSON', code: '0000' }
}

/** Whether whoever has this address approves requests without being told to. */
export const answersByItself = (vpa: string): boolean => {
  const name = nameIn(vpa)
  return name !== undefined && name !== 'asleep'
}

export type AddressDescription = { vpa: string; asPayee: string; asPayer: string }

export function describeAddresses(): AddressDescription[] {
  const listed = [...addresses].map(([name, { asPayee, asPayer }]) => ({
    vpa: `${name}@sandbox`,
    asPayee,
    asPayer,
  }))
  const code =
    'declined with that code, such as declined.z9 (insufficient funds) or declined.yf (payee’s account frozen)'
  return [
    ...listed,
    { vpa: 'declined.<code>@sandbox', asPayee: code, asPayer: code },
    { vpa: 'chaos@sandbox', asPayee: 'any of these, drawn by seed and Txn.id', asPayer: 'any of these' },
  ]
}
