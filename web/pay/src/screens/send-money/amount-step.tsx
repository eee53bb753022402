// The step in which the amount, the note and the account are chosen.
import { limitRulesAt } from '@bahi/contracts/limits.ts'
import { useState } from 'react'
import { useText } from '../../language/language.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { AmountField, AmountPad } from '@bahi/web-ui/components/amount-pad.tsx'
import { shortRupees } from '@bahi/web-ui/format/rupees.ts'
import { amountFault, type Source } from './send-money.ts'
import { NoteField } from './note-field.tsx'
import { PayeeHeader, type KnownPayee } from './payee-header.tsx'
import { SourceChoice } from './source-choice.tsx'

type AmountStepProps = {
  payee: KnownPayee
  rupees: string
  /** The amount was asked for and is not to be changed. */
  isFixed: boolean
  /** The least that the payee takes. */
  minPaise?: number | undefined
  onRupees: (rupees: string) => void
  note: string
  onNote: (note: string) => void
  sources: Source[]
  source: Source
  onSource: (vpa: string) => void
  onNext: () => void
}

export function AmountStep(props: AmountStepProps) {
  const { payee, rupees, isFixed, minPaise, onRupees, note, onNote, sources, source, onSource, onNext } =
    props
  const t = useText()
  const [isChecked, setIsChecked] = useState(false)
  const mostPaise = limitRulesAt(new Date()).everybody.perTransactionPaise
  const fault = amountFault(rupees, mostPaise, minPaise)
  const least = minPaise === undefined ? undefined : t('pay.amount-least', { amount: shortRupees(minPaise) })
  const message =
    fault === 'over'
      ? t('pay.amount-over', { amount: shortRupees(mostPaise) })
      : fault === 'under' && isChecked
        ? least
        : fault === 'none' && isChecked
          ? t('pay.amount-none')
          : undefined
  return (
    <form
      noValidate
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault()
        setIsChecked(true)
        if (!fault) onNext()
      }}
    >
      <PayeeHeader payee={payee} />
      <AmountField
        label={t('pay.amount')}
        value={rupees}
        onChange={onRupees}
        isFixed={isFixed}
        hint={isFixed ? t('pay.amount-fixed') : least}
        fault={message}
      />
      <NoteField note={note} onNote={onNote} />
      <SourceChoice sources={sources} source={source} onSource={onSource} />
      {!isFixed && <AmountPad value={rupees} onChange={onRupees} />}
      <Button type="submit" wide>
        {t('action.continue')}
      </Button>
    </form>
  )
}
