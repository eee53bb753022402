// AutoPay of other apps is shown, and moved to this one from its own screen, with the PIN of its account.
import { listBanks, listAccounts, listVpas } from '@bahi/contracts/account.ts'
import {
  listMandates,
  listMandatesElsewhere,
  showMandate,
  takeMandate,
  type MandateElsewhere,
  type MandateView,
} from '@bahi/contracts/mandates.ts'
import { cleanup, screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import { account, stubPaying, vpa } from '../../payments/testing.tsx'
import { callsOf, openApp, stub } from '../../testing.tsx'

const id = '01994c00-0000-7000-8000-00000000000c'
const umn = '01994c0000007000800000000000000c@ganga'
const terms: MandateElsewhere['terms'] = {
  ...{ amountRule: 'MAX', amountPaise: 199_00, recurrence: 'ASPRESENTED' },
  ...{ validFrom: '2026-11-23', validTo: '2027-11-23', revocable: true, blockFunds: false },
}
const held: MandateElsewhere = {
  ...{ id, umn, app: 'Ganga Bank', payerVpa: '9876500001@ganga', name: 'Music', terms, bank: 'GANG' },
  ...{ payee: { vpa: 'kaveri@bahi', name: 'Kaveri Music' }, accountId: account.id },
}
const taken: MandateView = {
  ...{
    id,
    name: 'Music',
    status: 'active',
    direction: 'payer',
    currency: 'INR',
    presentedBy: 'payee',
    terms,
  },
  ...{ payer: { vpa: 'asha@bahi', name: 'Asha Rao' }, payee: held.payee, operating: false, debits: [] },
  ...{ createdAt: '2026-11-23T09:30:00.000Z', withoutPinPaise: 15_000_00 },
}

test('is listed, and is here after the right PIN', async () => {
  stubPaying()
  stub(listBanks, () => ({ banks: [] }))
  stub(listMandates, () => ({ mandates: [] }))
  // Its payee asked for it in this app: it is here under another id.
  const here = { ...taken, id: '01994c00-0000-7000-8000-00000000000d' }
  stub(showMandate, () => here)
  stub(listMandatesElsewhere, () => ({ mandates: [held] }))
  const { user } = await openApp('/autopay')
  await user.click(await screen.findByRole('link', { name: 'In other apps' }))
  await user.click(await screen.findByText('Kaveri Music'))
  await screen.findByText('9876500001@ganga')
  stub(takeMandate, () => ({ ...taken, status: 'failed' as const, code: 'ZM', triesLeft: 2 }))
  await user.click(await screen.findByRole('button', { name: 'Move to this app' }))
  await screen.findByRole('group', { name: 'UPI PIN for Bahi Bank' })
  await user.keyboard('4070{Enter}')
  await screen.findByText('2 attempts left')
  stub(takeMandate, () => here)
  await user.keyboard('4071{Enter}')
  await screen.findByText('Active')
  expect(callsOf(showMandate).at(-1)).toMatchObject({ params: { id: here.id } })
  expect(callsOf(takeMandate)[1]).toMatchObject({ params: { umn }, body: { payerVpa: 'asha@bahi' } })
})

test('is not moved lately again, nor with money blocked for it, nor without a UPI ID of its account', async () => {
  stubPaying()
  stub(listBanks, () => ({ banks: [] }))
  stub(listAccounts, () => ({ accounts: [account] }))
  stub(listVpas, () => ({ vpas: [vpa] }))
  let mandates: MandateElsewhere[] = [{ ...held, portableAfter: '2027-02-01T00:00:00.000Z' }]
  stub(listMandatesElsewhere, () => ({ mandates }))
  await openApp(`/autopay/elsewhere/${umn}`)
  await screen.findByText(/It was moved lately/)
  expect(screen.queryByRole('button', { name: 'Move to this app' })).toBeNull()
  cleanup()
  for (const [stays, why] of [
    ['money-reserved', /^It stays in the app of Ganga Bank: money is reserved for it/],
    ['own-payee', 'It stays in the app of Ganga Bank, because you pay yourself with it.'],
    ['payee-here', /^It stays in the app of Ganga Bank for now, because Kaveri Music is paid in this app/],
  ] as const) {
    mandates = [{ ...held, stays }]
    await openApp(`/autopay/elsewhere/${umn}`)
    await screen.findByText(why)
    expect(screen.queryByRole('button', { name: 'Move to this app' })).toBeNull()
    expect(screen.queryByText(/The other app no longer has it/)).toBeNull()
    cleanup()
  }
  mandates = [{ ...held, accountId: '01994c00-0000-7000-8000-0000000000aa' }]
  await openApp(`/autopay/elsewhere/${umn}`)
  await screen.findByText('Its account has no UPI ID with a PIN in this app')
  cleanup()
  mandates = []
  await openApp(`/autopay/elsewhere/${umn}`)
  await screen.findByText('No other app has this AutoPay')
})
