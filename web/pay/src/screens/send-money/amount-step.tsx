// The step in which the amount, the note and the account are chosen.
import type { InitiationInput } from '@bahi/contracts/initiation.ts'
import { limitRulesAt } from '@bahi/contracts/limits.ts'
import { reasonText } from '@bahi/contracts/reasons.ts'
import { hashKey, useQueryClient } from '@tanstack/react-query'
import { useId, useState, type ReactNode } from 'react'
import { serverNow } from '@bahi/web-ui/api/clock.ts'
import { useLanguage, useText } from '../../language/language.ts'
import { useOnline } from '@bahi/web-ui/browser/online.ts'
import { Button, LinkButton } from '@bahi/web-ui/components/button.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { AmountField, AmountPad } from '@bahi/web-ui/components/amount-pad.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Note } from '@bahi/web-ui/components/states.tsx'
import { parseRupees, shortRupees } from '@bahi/web-ui/format/rupees.ts'
import { amountFault, type ReadySource, type Source } from '../../payments/send-money.ts'
import { NoteField } from '../../payments/note-field.tsx'
import { planPath } from '../../schedules/plan-path.ts'
import { PayeeHeader, type KnownPayee } from '../../payments/payee-header.tsx'
import { SourceChoice } from '../../payments/source-choice.tsx'
import { LimitHelp, LimitList, refusalOf, useRefusalText, Warnings } from './quote-notes.tsx'
import { fetchQuote, useQuote, type Asked, type Quote } from './use-send-money.ts'

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
  source: ReadySource
  isChoosing: boolean
  onSource: (vpa: string) => void
  /** What a code, a link or a request said of how it begins. */
  initiation?: InitiationInput | undefined
  /** The note that came with it. */
  askedNote?: string | undefined
  /** `quote`: of this amount; undefined when the service gave none. */
  onNext: (quote: Quote | undefined) => void
  /** What to know before paying them: stands above the amount. */
  children: ReactNode
}

const noteOf = (text = '') => (text.trim() === '' ? {} : { note: text.trim() })

export function AmountStep(props: AmountStepProps) {
  const { payee, rupees, isFixed, minPaise, onRupees, note, onNote, sources, source, isChoosing, onSource } =
    props
  const t = useText()
  const { language } = useLanguage()
  const id = useId()
  const client = useQueryClient()
  const isOnline = useOnline()
  const [isChecked, setIsChecked] = useState(false)
  const [isBusy, setIsBusy] = useState(false)
  const { initiation } = props
  const asked = { payerVpa: source.vpa, payeeVpa: payee.vpa, ...(initiation ? { initiation } : {}) }
  const [refused, setRefused] = useState<Asked>()
  const payment = { ...asked, ...noteOf(initiation && note), amountPaise: parseRupees(rupees) ?? 0 }
  // What was refused is said while it is still what would be paid.
  const isRefused = hashKey([payment]) === hashKey([refused])
  // What the note of a request or a code says is looked at before an amount is typed.
  const quote = useQuote(isRefused ? payment : { ...asked, ...noteOf(initiation && props.askedNote) })
  const rules = limitRulesAt(new Date(serverNow())).everybody
  const mostPaise = quote?.maxPaise ?? rules.perTransactionPaise
  const fault = amountFault(rupees, mostPaise, minPaise)
  const tightest = quote?.limits.find(({ leftPaise }) => leftPaise === quote.maxPaise)
  const why = quote && reasonText(tightest?.limit, quote.code, language)
  const isWhole = isRefused && fault === undefined
  const refusal = useRefusalText(quote, isWhole)
  const isImpossible = quote?.maxPaise === 0 || refusal !== undefined
  const most = t('pay.most-now', { amount: shortRupees(mostPaise) })
  const least = minPaise === undefined ? undefined : t('pay.amount-least', { amount: shortRupees(minPaise) })
  const message =
    fault === 'over' && !isImpossible
      ? [most, why].filter(Boolean).join(' ')
      : fault === 'under' && isChecked
        ? least
        : fault === 'none' && isChecked
          ? t('pay.amount-none')
          : undefined
  async function next() {
    setIsChecked(true)
    if (fault) return
    setIsBusy(true)
    // What would refuse this payment is known before the PIN; without an answer the service says it later.
    const found = await fetchQuote(client, payment)
    setIsBusy(false)
    if (found?.decision === 'refuse') setRefused(payment)
    else props.onNext(found)
  }
  return (
    <Page
      title={t('pay.title-to', { name: payee.name })}
      quiet
      head={<PayeeHeader payee={payee} isCompact />}
      back="/pay"
      width="flow"
      footer={
        <Button type="submit" form={id} busy={isBusy} disabled={!isOnline || isImpossible} wide>
          {t('action.continue')}
        </Button>
      }
    >
      <form
        id={id}
        noValidate
        className="flex flex-1 flex-col gap-2 flat:grid flat:grid-cols-2 flat:items-start flat:gap-x-8"
        onSubmit={(event) => {
          event.preventDefault()
          void next()
        }}
      >
        <div className="flex flex-1 flex-col justify-center gap-2">
          {props.children}
          <div role="status" className="empty:hidden">
            {!isOnline && <Note tone="wait">{t('pay.offline')}</Note>}
            {isOnline && isImpossible && <Note tone="bad">{refusal ?? why}</Note>}
          </div>
          <Warnings quote={quote} />
          <AmountField
            label={t('pay.amount')}
            value={rupees}
            onChange={onRupees}
            isFixed={isFixed}
            hint={isFixed ? t('pay.amount-fixed') : least}
            fault={message}
          />
          {(isImpossible || fault === 'over') && (
            <LimitHelp reason={refusalOf(quote, isWhole)?.reason ?? tightest?.limit} />
          )}
          <NoteField note={note} onNote={onNote} />
          <SourceChoice sources={sources} source={source} isOpenFirst={isChoosing} onSource={onSource} />
        </div>
        {!isFixed && <AmountPad value={rupees} onChange={onRupees} />}
        {/* Below the pad, whose digits stay in reach. */}
        {!isFixed && (
          <LinkButton to={planPath({ vpa: payee.vpa, amountPaise: parseRupees(rupees), note })} look="bare">
            <Icon name="calendar" className="size-5" />
            {t('schedules.later')}
          </LinkButton>
        )}
        <LimitList limits={quote?.limits} />
      </form>
    </Page>
  )
}
