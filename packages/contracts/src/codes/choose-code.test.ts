// Which of several codes in one picture is meant.
import { expect, test } from 'vitest'
import { chooseCode } from './choose-code.ts'

const link = 'upi://pay?pa=shop@bahi&am=5'
const pays = { kind: 'pay', order: { vpa: 'shop@bahi', amountPaise: 500 } }

const autopay =
  'upi://mandate?pa=music@bahi&am=199&amrule=EXACT&recur=DAILY&validitystart=01012026&validityend=31122050'

test.each([
  ['the payment beside a web address', ['https://shop.example', link], pays],
  ['the payment beside one that cannot be read', ['upi://pay?pa=x', link], pays],
  ['the same payment twice', [link, 'upi://pay?am=5.00&pa=SHOP@bahi&pn=Shop'], pays],
  ['two payees', [link, 'upi://pay?pa=eve@bahi&am=5'], { kind: 'several' }],
  ['two amounts', [link, 'upi://pay?pa=shop@bahi&am=6'], { kind: 'several' }],
  [
    'why none can be paid',
    ['https://shop.example', 'upi://pay?pa=x'],
    { kind: 'refused', reason: 'address' },
  ],
  ['a web address alone', ['https://shop.example', 'x'], { kind: 'web', host: 'shop.example' }],
  ['the mandate beside a web address', ['https://shop.example', autopay], { kind: 'mandate' }],
  ['the same mandate twice', [autopay, `${autopay}&mn=Music`], { kind: 'mandate' }],
  ['two mandates', [autopay, autopay.replace('EXACT', 'MAX')], { kind: 'several' }],
  ['the payment beside a mandate', [autopay, link], pays],
  ['nothing', [], { kind: 'no-payment' }],
])('%s', (_, texts, chosen) => {
  expect(chooseCode(texts).reading).toMatchObject(chosen)
})
