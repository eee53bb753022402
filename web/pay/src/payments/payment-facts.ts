// The facts of a payment as rows: whom, when, from which account, what for, by which reference.
import { accountIn, vpaText } from '@bahi/contracts/formats.ts'
import type { Account } from '@bahi/contracts/account.ts'
import type { PaymentView } from '@bahi/contracts/payment.ts'
import { accountOf, shortAccountNumber, useMyAccounts } from '../accounts/my-accounts.ts'
import { useText } from '../language/language.ts'
import type { Fact } from '@bahi/web-ui/components/facts.tsx'
import { counterpartyOf, ownPartyOf } from './payment-list.ts'

/** My own side: the account, and beneath it the UPI ID that stood for it. */
export function useOwnAccountFact(payment: PaymentView): Fact {
  const t = useText()
  const own = ownPartyOf(payment)
  const accounts = useMyAccounts()
  const bankName = accounts.data?.find(({ bank }) => bank === own.bank)?.bankName ?? own.bank
  const account = [bankName, own.maskedNumber && shortAccountNumber(own.maskedNumber)]
    .filter(Boolean)
    .join(' ')
  const label = t(payment.direction === 'credit' ? 'payment.into' : 'payment.from')
  return account ? [label, account, vpaText(own.vpa)] : [label, vpaText(own.vpa)]
}

/** My account that pays it, while it is linked. */
export function usePayerAccount({ payer, direction }: PaymentView): Account | undefined {
  const accounts = useMyAccounts().data
  return direction === 'debit' ? accountOf(accounts, payer.vpa) : undefined
}

/** `•• 1234 · IFSC BAHI0000001` of an account that was paid by its number; undefined of every other payee. */
export function payeeAccountText(payment: PaymentView, typed?: string): string | undefined {
  const { vpa, maskedNumber = typed } = counterpartyOf(payment)
  if (!accountIn(vpa)) return undefined
  return [maskedNumber && shortAccountNumber(maskedNumber), vpaText(vpa)].filter(Boolean).join(' · ')
}
