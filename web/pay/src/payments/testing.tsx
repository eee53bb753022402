// For tests of paying: Asha pays Ravi from her account, and the services answer as they do when all is well.
import { listAccounts, listVpas, pinKeys, resolveVpa, type Account } from '@bahi/contracts/account.ts'
import { listContacts } from '@bahi/contracts/contacts.ts'
import type { Output } from '@bahi/contracts/call.ts'
import { quote, receipt, type PaymentView } from '@bahi/contracts/payment.ts'
import { screen } from '@testing-library/react'
import { exportJWK, generateKeyPair } from 'jose'

import { clearDrafts } from '../storage/drafts.ts'
import type { Attempt } from './payment-attempts.ts'
import { openApp, stub, stubPayments } from '../testing.tsx'

export const account: Account = {
  id: '01994c00-0000-7000-8000-0000000000a1',
  bank: 'BAHI',
  bankName: 'Bahi Bank',
  ifsc: 'BAHI0000001',
  maskedNumber: 'XXXXXXXX1234',
  holderName: 'Asha Rao',
  type: 'savings',
  status: 'active',
  pinSet: true,
  pinLength: 4,
  vpas: ['asha@bahi'],
  linkedAt: '2026-11-01T00:00:00.000Z',
}
export const vpa = { vpa: 'asha@bahi', accountId: account.id, primary: true, createdAt: account.linkedAt }
export const bankKey = await generateKeyPair('ECDH-ES')
const publicKey = { ...(await exportJWK(bankKey.publicKey)), kid: 'k1', bank: '*' }

type Sent = { params: { id: string }; body: { amountPaise: number; note?: string } }

export function paymentOf({ params, body }: Sent, about: Partial<PaymentView> = {}): PaymentView {
  const createdAt = '2026-11-23T09:30:00.000Z'
  return {
    id: params.id,
    txnId: `BHI${params.id.replaceAll('-', '')}`,
    rrn: '632709000001',
    status: 'settled',
    direction: 'debit',
    amountPaise: body.amountPaise,
    currency: 'INR',
    ...(body.note ? { note: body.note } : {}),
    payer: { vpa: 'asha@bahi', name: 'Asha Rao', bank: 'BAHI', maskedNumber: 'XXXXXXXX1234' },
    payee: { vpa: 'ravi@bahi', name: 'Ravi Kumar' },
    createdAt,
    completedAt: createdAt,
    ...about,
  }
}
const returnBy = '2026-11-24T18:29:59.999Z'
const pending = { reason: 'in-progress', message: 'On its way.', returnBy } as const
export const { completedAt: _, ...stillOpen } = {
  completedAt: undefined,
  status: 'pending',
  pending,
} as const

export const attempt: Attempt = {
  id: '01994c00-0000-7000-8000-0000000000b1',
  payerVpa: 'asha@bahi',
  payeeVpa: 'ravi@bahi',
  payeeName: 'Ravi Kumar',
  amountPaise: 250_00,
  accountId: account.id,
  maskedNumber: account.maskedNumber,
  bank: 'BAHI',
  bankName: 'Bahi Bank',
  pinLength: 4,
  sentAtMs: 0,
}

/** Nothing speaks against a payment of up to a lakh. */
export const quoteOf = (about: Partial<Output<typeof quote>> = {}): Output<typeof quote> => ({
  payee: { vpa: 'ravi@bahi', name: 'Ravi Kumar', kind: 'person' },
  ...{ route: 'ledger', maxPaise: 1_00_000_00, code: 'Z8', message: 'The amount is over the limit.' },
  limits: [{ limit: 'everybody:transaction-amount', ofPaise: 1_00_000_00, leftPaise: 1_00_000_00 }],
  ...{ decision: 'allow', refusals: [], warnings: [] },
  ...about,
})

/** Before each test of a file. */
export function stubPaying(): void {
  clearDrafts()
  stub(listAccounts, () => ({ accounts: [account] }))
  stub(listVpas, () => ({ vpas: [vpa] }))
  stub(listContacts, () => ({ contacts: [] }))
  stubPayments([])
  stub(quote, () => quoteOf())
  stub(pinKeys, () => ({ keys: [publicKey] }))
  stub(resolveVpa, ({ params }) => ({
    vpa: params.vpa,
    name: 'Ravi Kumar',
    kind: 'person' as const,
    verified: true,
  }))
  stub(receipt, ({ params }) => ({
    payment: paymentOf({ params, body: { amountPaise: 250_00 } }),
    amountText: '₹250.00',
    lines: [{ label: 'Paid to', value: 'Ravi Kumar' }],
  }))
}

/** Up to the PIN, which is typed. */
export async function payRavi(path = '/pay/ravi%40bahi?am=250.00&tn=Chai', pin = '4071') {
  const app = await openApp(path)
  await app.user.click(await screen.findByRole('button', { name: 'Continue' }))
  await app.user.click(await screen.findByRole('button', { name: 'Enter UPI PIN' }))
  await screen.findByRole('group', { name: 'UPI PIN for Bahi Bank' })
  await app.user.keyboard(pin)
  await app.user.click(screen.getByRole('button', { name: 'Confirm' }))
  return app
}
