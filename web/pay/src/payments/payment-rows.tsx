// Payments as a list of rows.
import type { PaymentView } from '@bahi/contracts/payment.ts'
import { PaymentRow } from './payment-row.tsx'

export function PaymentRows({ payments }: { payments: PaymentView[] }) {
  return (
    <ul className="-mx-3 mt-1">
      {payments.map((payment) => (
        <li key={payment.id}>
          <PaymentRow payment={payment} />
        </li>
      ))}
    </ul>
  )
}
