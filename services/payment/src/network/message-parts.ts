// What the messages of our PSP are made of: results, people, accounts.
import { amountToWire, type Ac, type Resp, type WireParty } from '@bahi/contracts/network.ts'
import type { ResolvedVpa } from '@bahi/contracts/transfers.ts'
import type { Payment } from '../payments/payment.ts'

/** How messages name an account. */
export type WireAccount = Pick<ResolvedVpa, 'ifsc' | 'accountRef' | 'accountType'>

export function respOf(reqMsgId: string, code: string): Resp {
  return code === '00' ? { reqMsgId, result: 'SUCCESS' } : { reqMsgId, result: 'FAILURE', errCode: code }
}

/** @param mcc `0000` is a person */
export const kindOf = (mcc: string): Pick<WireParty, 'type' | 'code'> => ({
  type: mcc === '0000' ? 'PERSON' : 'ENTITY',
  code: mcc,
})

export function partyOf(
  { vpa, name }: Payment['payer'],
  { amountPaise }: Pick<Payment, 'amountPaise'>,
  mcc: string,
): WireParty {
  return {
    addr: vpa,
    name,
    ...kindOf(mcc),
    amount: amountToWire(amountPaise),
  }
}

export function acOf({ ifsc, accountRef, accountType }: WireAccount): Ac {
  const actype = accountType === 'current' ? 'CURRENT' : 'SAVINGS'
  return { addrType: 'ACCOUNT', ifsc, actype, acnum: accountRef }
}
