// Which of my UPI IDs is paid, with the account behind each; nothing where there is one alone.
import { Select } from '@bahi/web-ui/components/select.tsx'
import { useText } from '../language/language.ts'
import { accountOf, shortAccountNumber, useMyAccounts, type MyVpa } from './my-accounts.ts'

type PaidToChoiceProps = { vpas: MyVpa[]; chosen: string; onChoose: (vpa: string) => void }

export function PaidToChoice({ vpas, chosen, onChoose }: PaidToChoiceProps) {
  const t = useText()
  const accounts = useMyAccounts().data
  if (vpas.length < 2) return null
  return (
    <Select label={t('receive.which')} value={chosen} onValue={onChoose}>
      {vpas.map(({ vpa }) => {
        const account = accountOf(accounts, vpa)
        return (
          <option key={vpa} value={vpa}>
            {account ? `${vpa} · ${account.bankName} ${shortAccountNumber(account.maskedNumber)}` : vpa}
          </option>
        )
      })}
    </Select>
  )
}
