// A payee asks for the next debit of a mandate that others agreed to by a code: how much, and on which day.
import {
  debitWindowAt,
  nextDebit,
  type MandateTerms,
  type DebitWindow,
} from '@bahi/contracts/mandate-rules.ts'
import { isRefusedNotice, type MandateDebit, type MandateView } from '@bahi/contracts/mandates.ts'
import { formatRupees } from '@bahi/contracts/formats.ts'
import { addDays, isDate, istDateOf, type IstDate } from '@bahi/contracts/recurrence.ts'
import { useState } from 'react'
import { serverNow } from '@bahi/web-ui/api/clock.ts'
import { ProblemNote } from '../../api/problem-states.tsx'
import { useText } from '../../language/language.ts'
import { usePresentDebit } from '../../mandates/mandate-queries.ts'
import { useOnline } from '@bahi/web-ui/browser/online.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { RupeesField } from '@bahi/web-ui/components/rupees-field.tsx'
import { Sheet } from '@bahi/web-ui/components/sheet.tsx'
import { parseRupees } from '@bahi/web-ui/format/rupees.ts'

type Presented = Pick<MandateView, 'terms' | 'pause' | 'debits'>

/** The first day from tomorrow on that the next debit may be asked for, and the last one; undefined: there is none. */
export function nextPresentable(
  { terms, pause, debits }: Presented,
  today: IstDate,
): DebitWindow | undefined {
  const bound = { ...terms, ...(pause ? { pause } : {}) }
  // The payer is told a day before.
  const tomorrow = laterOf(addDays(today, 1), terms.validFrom)
  if (tomorrow > terms.validTo) return undefined
  if (terms.recurrence === 'ASPRESENTED') return { period: 0, from: tomorrow, to: terms.validTo }
  const [last] = debits
  const debited = last && debitWindowAt(terms, last.dueOn)
  const window = nextDebit(bound, debited ? laterOf(tomorrow, addDays(debited.to, 1)) : tomorrow)
  return window && { ...window, from: laterOf(tomorrow, window.from) }
}

const laterOf = (one: IstDate, other: IstDate) => (one > other ? one : other)

export function PresentDebit({ mandate }: { mandate: MandateView }) {
  const t = useText()
  const isOnline = useOnline()
  const [isOpen, setIsOpen] = useState(false)
  const window = nextPresentable(mandate, istDateOf(new Date(serverNow())))
  if (!window) return null
  return (
    <>
      <Button wide disabled={!isOnline || mandate.operating} onClick={() => setIsOpen(true)}>
        {t('autopay.present')}
      </Button>
      <Sheet open={isOpen} onClose={() => setIsOpen(false)} title={t('autopay.present')}>
        <Form mandate={mandate} window={window} onDone={() => setIsOpen(false)} />
      </Sheet>
    </>
  )
}

type FormProps = { mandate: MandateView; window: DebitWindow; onDone: () => void }

function Form({ mandate, window, onDone }: FormProps) {
  const t = useText()
  const { id, umn = '', terms, debits, payer } = mandate
  const present = usePresentDebit(id)
  const [rupees, setRupees] = useState('')
  const [dueOn, setDueOn] = useState(window.from)
  const [isChecked, setIsChecked] = useState(false)
  const amountPaise = amountOf(terms, rupees)
  const isDay = isDate(dueOn) && window.from <= dueOn && dueOn <= window.to
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        setIsChecked(true)
        if (amountPaise === undefined || !isDay) return
        present.mutate({ umn, sequence: nextSequence(debits), amountPaise, dueOn }, { onSuccess: onDone })
      }}
    >
      {terms.amountRule === 'MAX' ? (
        <RupeesField
          label={t('pay.amount')}
          value={rupees}
          onChange={setRupees}
          hint={t('autopay.each-MAX', { amount: formatRupees(terms.amountPaise) })}
          fault={
            isChecked && amountPaise === undefined
              ? t('autopay.amount-most', { amount: formatRupees(terms.amountPaise) })
              : undefined
          }
        />
      ) : (
        <p className="text-3xl font-bold tabular-nums">{formatRupees(terms.amountPaise)}</p>
      )}
      <Field
        label={t('schedules.day')}
        type="date"
        min={window.from}
        max={window.to}
        value={dueOn}
        onChange={({ target }) => setDueOn(target.value)}
        fault={isChecked && !isDay ? t('schedules.day-wrong') : undefined}
      />
      <p className="text-soft">{t('autopay.present-hint', { name: payer.name })}</p>
      <ProblemNote error={present.error} />
      <Button type="submit" wide busy={present.isPending}>
        {t('autopay.present')}
      </Button>
    </form>
  )
}

/** The number of one that the payer's app did not take is used again. */
const nextSequence = (debits: MandateDebit[]): number =>
  Math.max(0, ...debits.filter((one) => !isRefusedNotice(one)).map(({ sequence }) => sequence)) + 1

function amountOf({ amountRule, amountPaise }: MandateTerms, rupees: string): number | undefined {
  if (amountRule === 'EXACT') return amountPaise
  const typed = parseRupees(rupees)
  return typed !== undefined && 0 < typed && typed <= amountPaise ? typed : undefined
}
