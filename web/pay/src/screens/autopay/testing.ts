// For tests of AutoPay: a mandate as its payer sees it, live and asked for.
import type { MandateDebit, MandateView } from '@bahi/contracts/mandates.ts'
import { addDays, istDateOf } from '@bahi/contracts/recurrence.ts'

export const id = '01994c00-0000-7000-8000-00000000000c'
export const today = istDateOf(new Date())
export const debit: MandateDebit = {
  ...{ id: '01994c00-0000-7000-8000-00000000000d', sequence: 1, status: 'planned', amountPaise: 199_00 },
  ...{ dueOn: addDays(today, 2), executeAt: '2026-12-01T00:00:00.000Z', attempts: 0 },
}
export const active: MandateView = {
  ...{
    id,
    umn: '01994c0000007000800000000000000c@bahi',
    name: 'Music',
    status: 'active',
    direction: 'payer',
  },
  terms: {
    ...{ amountRule: 'MAX', amountPaise: 199_00, recurrence: 'MONTHLY', dayRule: { type: 'ON', day: 5 } },
    ...{ validFrom: today, validTo: addDays(today, 365), revocable: true, blockFunds: false },
  },
  ...{ currency: 'INR', payer: { vpa: 'asha@bahi', name: 'Asha Rao' } },
  payee: { vpa: 'kaveri@bahi', name: 'Kaveri Music' },
  ...{
    presentedBy: 'payee',
    operating: false,
    createdAt: '2026-11-23T09:30:00.000Z',
    withoutPinPaise: 15_000_00,
  },
  debits: [debit],
}
export const requested: MandateView = {
  ...{ ...active, status: 'requested', debits: [], expiresAt: '2026-12-01T00:00:00.000Z' },
}
