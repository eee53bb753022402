// Pauses a mandate on the days that its payer chooses.
import type { MandateView } from '@bahi/contracts/mandates.ts'
import { addDays, isDate, istDateOf } from '@bahi/contracts/recurrence.ts'
import { useState } from 'react'
import { ProblemNote } from '../../api/problem-states.tsx'
import { useChangeMandate } from '../../mandates/mandate-queries.ts'
import { serverNow } from '@bahi/web-ui/api/clock.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { Sheet } from '@bahi/web-ui/components/sheet.tsx'
import { useMandateTexts } from './mandate-texts.ts'

const suggestedDays = 30

type PauseMandateProps = { mandate: MandateView; isOff: boolean }

export function PauseMandate({ mandate, isOff }: PauseMandateProps) {
  const t = useMandateTexts()
  const [isOpen, setIsOpen] = useState(false)
  const close = () => setIsOpen(false)
  return (
    <>
      <Button look="quiet" wide disabled={isOff} onClick={() => setIsOpen(true)}>
        {t('autopay.pause')}
      </Button>
      <Sheet open={isOpen} onClose={close} title={t('autopay.pause-title')}>
        <Days mandate={mandate} onDone={close} />
      </Sheet>
    </>
  )
}

function Days({ mandate, onDone }: { mandate: MandateView; onDone: () => void }) {
  const t = useMandateTexts()
  const change = useChangeMandate(mandate.id)
  const today = istDateOf(new Date(serverNow()))
  const last = mandate.terms.validTo
  const suggested = addDays(today, suggestedDays - 1)
  const [from, setFrom] = useState<string>(today)
  const [until, setUntil] = useState<string>(suggested < last ? suggested : last)
  const [isChecked, setIsChecked] = useState(false)
  const isFromWrong = !isDate(from) || from < today || from > last
  const isUntilWrong = !isDate(until) || until < from
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        setIsChecked(true)
        if (!isFromWrong && !isUntilWrong)
          change.mutate({ what: 'pause', from, until }, { onSuccess: onDone })
      }}
    >
      <p className="text-soft">{t('autopay.pause-hint')}</p>
      <Field
        label={t('autopay.pause-from')}
        type="date"
        min={today}
        max={last}
        value={from}
        onChange={({ target }) => setFrom(target.value)}
        fault={
          isChecked && isFromWrong ? t(from > last ? 'autopay.day-late' : 'schedules.day-wrong') : undefined
        }
      />
      <Field
        label={t('autopay.pause-until')}
        type="date"
        min={from}
        value={until}
        onChange={({ target }) => setUntil(target.value)}
        fault={isChecked && isUntilWrong ? t('schedules.day-wrong') : undefined}
      />
      <ProblemNote error={change.error} />
      <Button type="submit" busy={change.isPending} wide>
        {t('autopay.pause-now')}
      </Button>
    </form>
  )
}
