// Changes how much a mandate debits, and until when, with the UPI PIN of its payer.
import { formatRupees } from '@bahi/contracts/formats.ts'
import { mandateRulesAt, termsFault } from '@bahi/contracts/mandate-rules.ts'
import type { MandateView } from '@bahi/contracts/mandates.ts'
import { addDays, isDate, istDateOf } from '@bahi/contracts/recurrence.ts'
import { useId, useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import { usePreparePin } from '../../accounts/seal-pin.ts'
import { NotThere } from '../../api/problem-states.tsx'
import { useMandate, useUpdateMandate } from '../../mandates/mandate-queries.ts'
import { isMovable } from '../../mandates/mandate-text.ts'
import { serverNow } from '@bahi/web-ui/api/clock.ts'
import { useOnline } from '@bahi/web-ui/browser/online.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { RupeesField } from '@bahi/web-ui/components/rupees-field.tsx'
import { Empty, Note, Skeleton } from '@bahi/web-ui/components/states.tsx'
import { parseRupees, rupeesText } from '@bahi/web-ui/format/rupees.ts'
import { AgreeNotes } from './agree-notes.tsx'
import { useMandateTexts } from './mandate-texts.ts'
import { PinForAccount, PinSheet } from './pin-sheet.tsx'
import { WhatIsPaid } from './what-is-paid.tsx'

export function Component() {
  const t = useMandateTexts()
  const { id = '' } = useParams()
  const mandate = useMandate(id)
  const back = `/autopay/${id}`
  if (mandate.data && isMovable(mandate.data)) return <Change mandate={mandate.data} back={back} />
  return (
    <Page title={t('autopay.change-title')} back={back}>
      {mandate.data ? (
        <Empty icon="clock" title={t('autopay.change-over')} />
      ) : mandate.error ? (
        <NotThere
          error={mandate.error}
          again={() => void mandate.refetch()}
          title={t('autopay.not-found')}
          to="/autopay"
          text={t('autopay.title')}
        />
      ) : (
        <Skeleton />
      )}
    </Page>
  )
}

function Change({ mandate, back }: { mandate: MandateView; back: string }) {
  const t = useMandateTexts()
  const form = useId()
  const navigate = useNavigate()
  const isOnline = useOnline()
  const { terms, payee } = mandate
  const [rupees, setRupees] = useState(rupeesText(terms.amountPaise))
  const [validTo, setValidTo] = useState<string>(terms.validTo)
  const [isChecked, setIsChecked] = useState(false)
  const [isAsking, setIsAsking] = useState(false)
  const close = () => setIsAsking(false)
  const now = new Date(serverNow())
  const today = istDateOf(now)
  const rules = mandateRulesAt(now)
  const amountPaise = parseRupees(rupees) ?? 0
  const changed = { amountPaise, validTo }
  // While a day is typed it is none yet.
  const shown = { ...terms, amountPaise, validTo: isDate(validTo) ? validTo : terms.validTo }
  const isSame = amountPaise === terms.amountPaise && validTo === terms.validTo
  const since = terms.validFrom < today ? terms.validFrom : today
  const latest = addDays(since, rules.maxValidityDays)
  // Who the payee is to the rules, its bank alone knows, which answers when it is asked.
  const wrong = termsFault({ ...terms, ...changed }, rules, { today: since, mcc: '0000' })
  const isDayWrong = !isDate(validTo) || validTo < today || wrong?.field === 'validTo'
  const amountFault =
    amountPaise < 1
      ? t('pay.amount-none')
      : wrong?.field === 'amountPaise'
        ? t('autopay.amount-most', { amount: formatRupees(rules.maxPaise) })
        : undefined
  const isFine = !isDayWrong && amountFault === undefined && !isSame
  const ask = useUpdateMandate(mandate, changed)
  usePreparePin()
  return (
    <Page
      title={t('autopay.change-title')}
      back={back}
      width="flow"
      footer={
        <Button type="submit" form={form} wide disabled={!isOnline}>
          {t('autopay.change-save')}
        </Button>
      }
    >
      <WhatIsPaid mandate={mandate} />
      <form
        id={form}
        noValidate
        className="flex flex-col gap-5"
        onSubmit={(event) => {
          event.preventDefault()
          setIsChecked(true)
          if (isFine) setIsAsking(true)
        }}
      >
        <RupeesField
          label={t(terms.amountRule === 'MAX' ? 'autopay.each-most' : 'pay.amount')}
          value={rupees}
          onChange={setRupees}
          fault={isChecked ? amountFault : undefined}
        />
        <Field
          label={t('schedules.last-day')}
          type="date"
          min={today}
          max={latest}
          value={validTo}
          onChange={({ target }) => setValidTo(target.value)}
          fault={
            isChecked && isDayWrong
              ? t(validTo > latest ? 'autopay.day-late' : 'schedules.day-wrong')
              : undefined
          }
        />
      </form>
      {isChecked && isSame && (
        <Note tone="wait" role="status">
          {t('autopay.change-none')}
        </Note>
      )}
      <p className="text-soft">{t('autopay.change-hint')}</p>
      <AgreeNotes terms={shown} payee={payee} withoutPinPaise={mandate.withoutPinPaise} />
      <PinSheet mandate={{ terms: shown }} payeeName={payee.name} isOpen={isAsking} onClose={close}>
        <PinForAccount mandate={mandate} ask={ask} onDone={() => void navigate(back, { replace: true })} />
      </PinSheet>
    </Page>
  )
}
