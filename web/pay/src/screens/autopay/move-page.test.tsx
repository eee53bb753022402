// Moving AutoPay offers only the accounts that the bank can move it to.
import { listAccounts, listBanks, listVpas } from '@bahi/contracts/account.ts'
import { showMandate, type MandateView } from '@bahi/contracts/mandates.ts'
import { cleanup, screen } from '@testing-library/react'
import { test } from 'vitest'
import { account, stubPaying, vpa } from '../../payments/testing.tsx'
import { openApp, stub } from '../../testing.tsx'

const id = '01994c00-0000-7000-8000-00000000000c'
const at = '2026-11-23T09:30:00.000Z'
const mandate: MandateView = {
  ...{ id, name: 'Music', status: 'active', direction: 'payer', currency: 'INR', presentedBy: 'payee' },
  terms: {
    ...{ amountRule: 'MAX', amountPaise: 199_00, recurrence: 'ASPRESENTED' },
    ...{ validFrom: '2026-11-23', validTo: '2027-11-23', revocable: true, blockFunds: false },
  },
  payer: { vpa: 'asha@bahi', name: 'Asha Rao', bank: 'GANG' },
  payee: { vpa: 'kaveri@bahi', name: 'Kaveri Music' },
  ...{ operating: false, createdAt: at, withoutPinPaise: 15_000_00, debits: [] },
}
const ganga = { code: 'GANG', name: 'Ganga Bank', ifsc: 'GANG0000001', onUs: false, pinLength: 4 as const }

test('at another bank than ours it moves within its account, not to another one', async () => {
  const own = { ...account, bank: 'GANG', vpas: ['asha@bahi', 'asha.home@bahi'] }
  const second = { ...own, id: '01994c00-0000-7000-8000-0000000000aa', vpas: ['asha.second@bahi'] }
  stubPaying()
  stub(listBanks, () => ({ banks: [ganga] }))
  stub(showMandate, () => mandate)
  stub(listAccounts, () => ({ accounts: [own, second] }))
  const more = (name: string, accountId: string) => ({ ...vpa, vpa: name, accountId, primary: false })
  let vpas = [vpa, more('asha.second@bahi', second.id)]
  stub(listVpas, () => ({ vpas }))
  await openApp(`/autopay/${id}/move`)
  await screen.findByText('There is no other account to move it to')
  cleanup()
  vpas = [...vpas, more('asha.home@bahi', own.id)]
  await openApp(`/autopay/${id}/move`)
  await screen.findByRole('button', { name: 'Move with UPI PIN' })
})
