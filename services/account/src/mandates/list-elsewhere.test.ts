// Which mandates stay in the app that keeps them.
import type { MandateTerms } from '@bahi/contracts/mandate-rules.ts'
import { expect, it } from 'vitest'
import { staysOf } from './list-elsewhere.ts'

const own = new Set(['asha@bahi'])
const terms: MandateTerms = {
  ...{ amountRule: 'MAX', amountPaise: 1, recurrence: 'ASPRESENTED', validFrom: '2027-01-01' },
  ...{ validTo: '2027-02-01', revocable: true, blockFunds: false },
}

it.each([
  ['Asha@bahi', false, true, 'own-payee'],
  ['asha@bahi', false, false, 'own-payee'],
  ['shop@BAHI', false, true, undefined],
  ['shop@bahi', false, false, 'payee-here'],
  ['shop@ganga', false, false, undefined],
  ['shop@bahi', true, false, 'money-reserved'],
])('one paying %s, money reserved %s, such are moved %s: %s', (vpa, blockFunds, movesToPayees, stays) => {
  const mandate = { terms: { ...terms, blockFunds }, payee: { vpa, name: 'Shop' } }
  expect(staysOf(mandate, { own, handle: 'bahi', movesToPayees }).stays).toBe(stays)
})
