// What a payer is told before agreeing to a mandate, whoever made it, and its terms as a list.
import { formatRupees, vpaText } from '@bahi/contracts/formats.ts'
import type { MandateView } from '@bahi/contracts/mandates.ts'
import { reasonText } from '@bahi/contracts/reasons.ts'
import { useLanguage, useText } from '../../language/language.ts'
import { pauseLeft, useMandateText } from '../../mandates/mandate-text.ts'
import { useBlocked } from '../../people/use-blocked.ts'
import type { Fact } from '@bahi/web-ui/components/facts.tsx'
import { Note } from '@bahi/web-ui/components/states.tsx'
import { useMandateTexts } from './mandate-texts.ts'

type Terms = Pick<MandateView, 'terms'>

/** @param mayCancel whether who reads it is the payer, and it has not ended */
export function useTermsFacts() {
  const t = useText()
  const { day } = useMandateText()
  return (
    { name, terms }: Terms & { name: string },
    other: { vpa: string; name: string },
    mayCancel = true,
  ): Fact[] => [
    [t('autopay.for'), name],
    [t('requests.upi-id'), vpaText(other.vpa)],
    [t('autopay.from'), day(terms.validFrom)],
    [t('autopay.to'), day(terms.validTo)],
    ...(terms.blockFunds ? [[t('autopay.reserved'), formatRupees(terms.amountPaise)] as const] : []),
    ...(mayCancel
      ? [
          [
            t('autopay.cancelling'),
            t(terms.revocable ? 'autopay.any-time' : 'autopay.payee-only', { name: other.name }),
          ] as const,
        ]
      : []),
  ]
}

/** On which days nothing is debited; none of one that is not paused any more. */
export function usePausedFact() {
  const t = useMandateTexts()
  const { day } = useMandateText()
  return (mandate: Pick<MandateView, 'pause'>): Fact[] => {
    const pause = pauseLeft(mandate)
    if (!pause) return []
    return [
      [t('autopay.paused'), t('autopay.paused-days', { from: day(pause.from), until: day(pause.until) })],
    ]
  }
}

type AgreeNotesProps = Terms & {
  payee: { vpa: string; name: string }
  /** Left out where it is not known: the payee's category decides. */
  withoutPinPaise?: number | undefined
}

export function AgreeNotes({ terms, payee, withoutPinPaise = Infinity }: AgreeNotesProps) {
  const t = useText()
  const { day } = useMandateText()
  const { language } = useLanguage()
  const isBlocked = useBlocked().data?.some(({ vpa }) => vpa === payee.vpa)
  const { name } = payee
  const isOnce = terms.recurrence === 'ONETIME'
  return (
    <>
      {isBlocked && (
        <Note tone="bad" role="alert">
          {reasonText('person:blocked-payee', undefined, language)}
        </Note>
      )}
      {!terms.revocable && (
        <Note tone="bad">{t('autopay.irrevocable', { name, date: day(terms.validTo) })}</Note>
      )}
      <Note tone="wait">
        {t(isOnce ? 'autopay.warning-once' : 'autopay.warning', { name })}
        {terms.amountPaise > withoutPinPaise &&
          ` ${t('autopay.with-pin-above', { amount: formatRupees(withoutPinPaise) })}`}
      </Note>
    </>
  )
}
