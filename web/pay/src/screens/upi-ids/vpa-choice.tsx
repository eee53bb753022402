// Which of my UPI IDs a UPI number leads to.
import { useText } from '../../language/language.ts'
import type { MyVpa } from '../../accounts/my-accounts.ts'

type VpaChoiceProps = { vpas: MyVpa[]; chosen: string; disabled?: boolean; onChoose: (vpa: string) => void }

export function VpaChoice({ vpas, chosen, disabled = false, onChoose }: VpaChoiceProps) {
  const t = useText()
  return (
    <fieldset className="flex flex-col gap-1" disabled={disabled}>
      <legend className="mb-2 font-semibold">{t('upi-ids.leads-to')}</legend>
      {vpas.map(({ vpa }) => (
        <label
          key={vpa}
          className="flex min-h-14 cursor-pointer items-center gap-3 rounded-2xl border border-line bg-card px-4 has-checked:border-accent"
        >
          <input
            type="radio"
            name="vpa"
            className="size-5 shrink-0 accent-accent"
            checked={vpa === chosen}
            onChange={() => onChoose(vpa)}
          />
          <span className="min-w-0 break-all">{vpa}</span>
        </label>
      ))}
    </fieldset>
  )
}
