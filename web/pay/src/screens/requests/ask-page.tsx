// Asks somebody for money: whom, how much, what for, and until when.
import { splitVpa } from '@bahi/contracts/formats.ts'
import { useId, useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import { usePaidTo } from '../../accounts/my-accounts.ts'
import { NoUpiId } from '../../accounts/no-upi-id.tsx'
import { PaidToChoice } from '../../accounts/paid-to-choice.tsx'
import { useRegisteredPayee } from '../../accounts/use-registered-payee.ts'
import { useLanguage, useText } from '../../language/language.ts'
import { serverNow } from '@bahi/web-ui/api/clock.ts'
import { useMakeRequest, useRequestRules } from '../../requests/request-queries.ts'
import { useOnline } from '@bahi/web-ui/browser/online.ts'
import { AmountField, AmountPad } from '@bahi/web-ui/components/amount-pad.tsx'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Choice } from '@bahi/web-ui/components/choice.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Skeleton } from '@bahi/web-ui/components/states.tsx'
import { formatDay } from '@bahi/web-ui/format/dates.ts'
import { parseRupees, shortRupees } from '@bahi/web-ui/format/rupees.ts'
import { ProblemNote, ProblemState } from '../../api/problem-states.tsx'
import { NoteField } from '../../payments/note-field.tsx'
import { PayeeHeader } from '../../payments/payee-header.tsx'
import { isElsewhere, NotPermitted } from './not-permitted.tsx'

const dayMinutes = 24 * 60
const choices = [dayMinutes, 7 * dayMinutes, 30 * dayMinutes]

export function Component() {
  const t = useText()
  const form = useId()
  const { vpa = '' } = useParams()
  const navigate = useNavigate()
  const { language } = useLanguage()
  const isOnline = useOnline()
  const rules = useRequestRules()
  const payer = useRegisteredPayee(vpa)
  const { vpas, own, choose } = usePaidTo()
  const make = useMakeRequest()
  const [rupees, setRupees] = useState('')
  const [note, setNote] = useState('')
  const [minutes, setMinutes] = useState(String(dayMinutes))
  const [isChecked, setIsChecked] = useState(false)
  const title = t('requests.ask')
  const error = rules.error ?? payer.error ?? vpas.error
  if (rules.data?.permitted === false)
    return <NotPermitted title={title} back="/requests" why="not-permitted" />
  if (rules.data && !rules.data.acrossBanks && own && splitVpa(vpa) && isElsewhere(vpa, own.vpa))
    return <NotPermitted title={title} back="/requests/new" why="elsewhere" />
  if (!splitVpa(vpa) || (error && !(rules.data && payer.data && vpas.data)))
    return (
      <Page title={title} back="/requests/new">
        <ProblemState
          error={error}
          again={() => void Promise.all([rules.refetch(), payer.refetch(), vpas.refetch()])}
        />
      </Page>
    )
  if (!rules.data || !payer.data || !vpas.data)
    return (
      <Page title={title} back="/requests/new">
        <Skeleton />
      </Page>
    )
  if (!own)
    return (
      <Page title={title} back="/requests">
        <NoUpiId />
      </Page>
    )
  const { maxPaise } = rules.data
  const amountPaise = parseRupees(rupees)
  const isOver = amountPaise !== undefined && maxPaise !== undefined && amountPaise > maxPaise
  const fault = isOver
    ? t('requests.amount-over', { amount: shortRupees(maxPaise) })
    : amountPaise === undefined && isChecked
      ? t('pay.amount-none')
      : undefined
  async function ask() {
    setIsChecked(true)
    if (amountPaise === undefined || isOver || !own) return
    const body = {
      ...{ payeeVpa: own.vpa, payerVpa: vpa, amountPaise, expiresInMinutes: Number(minutes) },
      ...(note.trim() ? { note: note.trim() } : {}),
    }
    const made = await make.mutateAsync(body).catch(() => undefined)
    if (made) void navigate(`/requests/${made.id}`, { replace: true })
  }
  return (
    <Page
      title={title}
      quiet
      head={<PayeeHeader payee={payer.data} isCompact />}
      back="/requests/new"
      width="flow"
      footer={
        <Button type="submit" form={form} wide busy={make.isPending} disabled={!isOnline}>
          {amountPaise === undefined
            ? t('requests.ask')
            : t('requests.ask-amount', { amount: shortRupees(amountPaise) })}
        </Button>
      }
    >
      <ProblemNote error={make.error} />
      <form
        id={form}
        noValidate
        className="flex flex-1 flex-col gap-3 flat:grid flat:grid-cols-2 flat:items-start flat:gap-x-8"
        onSubmit={(event) => {
          event.preventDefault()
          void ask()
        }}
      >
        <div className="flex flex-1 flex-col justify-center gap-3">
          <AmountField label={t('pay.amount')} value={rupees} onChange={setRupees} fault={fault} />
          <NoteField note={note} onNote={setNote} />
          <PaidToChoice vpas={vpas.data} chosen={own.vpa} onChoose={choose} />
          <div className="-mx-3">
            <Choice
              label={t('requests.until-label')}
              options={choices.map((value) => ({
                value: String(value),
                text: formatDay(language, new Date(serverNow() + value * 60_000).toISOString()),
              }))}
              value={minutes}
              onChange={setMinutes}
            />
          </div>
        </div>
        <AmountPad value={rupees} onChange={setRupees} />
      </form>
    </Page>
  )
}
