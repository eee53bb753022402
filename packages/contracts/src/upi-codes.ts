// UPI response codes: the sentence for people, and what the platform does after each.

/** `retry`: the person may pay again. `act`: they must do something first. `ask`: outcome unknown, ask again later. */
export type Handling = 'done' | 'act' | 'retry' | 'stop' | 'ask'
export type UpiCode = { message: string; handling: Handling }

const ofOurs: Record<string, UpiCode> = {
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
  U54: {
    message:
      'The PIN was entered for another payment, or the clock of this device is wrong. ' +
      'Check its date and time, and enter the PIN again.',
    handling: 'retry',
  },
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

/** One sentence for many codes of banks and of the network: what differs between them means nothing to a person. */
const ofNetwork: [codes: string, handling: Handling, message: string][] = [
  ['ZA', 'stop', 'The payment was declined.'],
  ['ZE ZG U19', 'act', 'This UPI ID takes no payment from you.'],
  ['ZX', 'stop', 'Your account has not been used for long. Ask your bank.'],
  ['ZY', 'stop', 'The receiving account has not been used for long and takes no money.'],
  ['K1 59 U16 U66 M16', 'stop', 'This payment was stopped for safety. No money has moved. Ask your bank.'],
  ['ZI', 'stop', 'The receiving bank stopped this payment for safety. No money has moved.'],
  ['XC XV XW YC YD U30 U31', 'stop', 'A bank did not agree to this payment. No money has moved.'],
  ['B1', 'act', 'Your phone number has changed at your bank. Link the account again.'],
  ['B3', 'stop', 'This account may not be used for UPI. Ask your bank.'],
  ['VF', 'stop', 'Your bank does not know this mandate. No money has moved.'],
  ['PS', 'act', 'The receiving account cannot hold that much.'],
  ['ZU', 'act', 'Your bank’s own limit is reached. Pay a smaller amount, or try tomorrow.'],
  ['U02 U03', 'retry', 'The network’s limit is reached for now. No money has moved. Try again later.'],
  ['YG YH X6 X7 U77', 'stop', 'The merchant cannot take payments now. No money has moved.'],
  ['U17 U29 U95', 'act', 'This UPI ID cannot be reached. Check it and try again.'],
  ['XY XT IR U86 U90', 'retry', 'Your bank cannot be reached now. No money has moved. Try again later.'],
  [
    'Y1 XU UB U09 U89 U91 U93 U94',
    'retry',
    'The receiving bank cannot be reached now. No money has moved. Try again later.',
  ],
  ['U80 U81 U84 U92', 'retry', 'The network is too busy now. No money has moved. Try again later.'],
  ['U48', 'retry', 'The payment did not reach the network. No money has moved. You may pay again.'],
  [
    'UP UT BT RB RR RP 21 32 96 DF DT NO U01 U08 U26 U32 U33 U35 U36 U37 U38 U42 U53 U67 U68 U70 U82 U85 U87 U88',
    'ask',
    'The banks did not agree in time. What was taken is back in your account.',
  ],
]

/** TD/BD classes and meanings are NPCI's; the sentences are ours. Unknown codes are handled as `ask`. */
export const upiCodes: Record<string, UpiCode> = {
  ...Object.fromEntries(
    ofNetwork.flatMap(([codes, handling, message]) =>
      codes.split(' ').map((code) => [code, { message, handling }] as const),
    ),
  ),
  ...ofOurs,
}
