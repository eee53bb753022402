// UPI response codes: what a person is told, and how the platform goes on after one.

/** `retry`: the person may pay again. `act`: they must do something first. `ask`: outcome unknown, ask again later. */
export type Handling = 'done' | 'act' | 'retry' | 'stop' | 'ask'
export type UpiCode = { message: string; handling: Handling }

/** TD/BD classes and meanings are NPCI's; the sentences are ours. Unknown codes are handled as `ask`. */
export const upiCodes: Record<string, UpiCode> = {
  '00': { message: 'Paid.', handling: 'done' },
  ZM: { message: 'The UPI PIN is wrong. No money has moved.', handling: 'act' },
  Z6: {
    message: 'The UPI PIN is locked after too many wrong tries. Set a new PIN, or try tomorrow.',
    handling: 'act',
  },
  Z7: { message: 'You have made the most payments that a day allows. Try again tomorrow.', handling: 'act' },
  Z8: { message: 'The amount is over the limit. Pay a smaller amount, or try tomorrow.', handling: 'act' },
  Z9: { message: 'There is not enough money in the account.', handling: 'act' },
  ZH: { message: 'This UPI ID does not exist. Check it and try again.', handling: 'act' },
  AM: { message: 'Set a UPI PIN for this account first.', handling: 'act' },
  FL: { message: 'The first payment after a new device or PIN may be ₹5,000 at most.', handling: 'act' },
  FP: {
    message: 'In the first 24 hours after a new device or PIN you may pay ₹5,000 in all.',
    handling: 'act',
  },
  U14: { message: 'The encrypted PIN cannot be read. Reload and try again.', handling: 'retry' },
  U54: { message: 'The PIN was entered for another payment. Enter it again.', handling: 'retry' },
  U96: { message: 'Payer and payee are the same account.', handling: 'act' },
  XH: { message: 'Your bank account cannot be found.', handling: 'stop' },
  XI: { message: 'The receiving account cannot be found.', handling: 'stop' },
  YE: { message: 'Your account is frozen. Ask your bank.', handling: 'stop' },
  YF: { message: 'The receiving account is frozen.', handling: 'stop' },
  U28: {
    message: 'Your bank cannot be reached now. No money has moved. Try again later.',
    handling: 'retry',
  },
  U78: {
    message: 'The receiving bank cannot be reached now. No money has moved. Try again later.',
    handling: 'retry',
  },
  XB: { message: 'The payment was not made. No money has moved.', handling: 'retry' },
  U69: { message: 'The time to pay ran out. No money has moved.', handling: 'retry' },
}

export function upiMessage(code: string): string {
  return upiCodes[code]?.message ?? 'The outcome is not known yet. Your money is safe; we keep asking.'
}
