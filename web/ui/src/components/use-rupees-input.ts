// What an input of an amount does with what is typed and pasted: an amount, or a word about why it is none.
import { useState, type ChangeEvent, type ClipboardEvent } from 'react'
import { useText } from '../language/language.ts'
import { editRupees, groupRupees, pastedRupees } from '../format/rupees.ts'

type Changed = ChangeEvent<HTMLInputElement>
type Pasted = ClipboardEvent<HTMLInputElement>

/** Goes to an input; `fault` is what to say after something was refused, until the amount changes. */
export function useRupeesInput(value: string, onChange: (rupees: string) => void) {
  const t = useText()
  const [refusedAt, setRefusedAt] = useState<string>()
  const take = (rupees: string | undefined) => {
    setRefusedAt(rupees === undefined ? value : undefined)
    if (rupees !== undefined) onChange(rupees)
  }
  return {
    shown: groupRupees(value),
    fault: refusedAt === value ? t('amount.not-one') : undefined,
    onChange: ({ target }: Changed) => take(editRupees(value, target.value)),
    onPaste: (event: Pasted) => {
      const { selectionStart, selectionEnd, value: shown } = event.currentTarget
      const isWhole = (selectionEnd ?? 0) - (selectionStart ?? 0) === shown.length
      const text = event.clipboardData.getData('text')
      // In the midst of others only digits can be meant.
      if (/^\s*[\p{Nd}.]*\s*$/u.test(text)) return
      event.preventDefault()
      if (!event.currentTarget.readOnly) take(isWhole ? pastedRupees(text) : undefined)
    },
  }
}
