// The terms of a mandate in words.
import type { MandateView } from '@bahi/contracts/mandates.ts'
import { formatRupees } from '@bahi/contracts/formats.ts'
import { istDateOf, istTime, type IstDate } from '@bahi/contracts/recurrence.ts'
import { serverNow } from '@bahi/web-ui/api/clock.ts'
import { formatDay } from '@bahi/web-ui/format/dates.ts'
import { useLanguage, useText } from '../language/language.ts'

export function useMandateText() {
  const t = useText()
  const { language } = useLanguage()
  const day = (date: IstDate) => formatDay(language, istTime(date, 12 * 60))
  /** `Monday` for 1. */
  const weekday = (n: number) =>
    new Intl.DateTimeFormat(language, { weekday: 'long', timeZone: 'UTC' }).format(
      new Date(Date.UTC(2024, 0, n)),
    )
  return {
    day,
    weekday,
    /** `Every month on day 5` */
    when({ terms: { recurrence, dayRule } }: Pick<MandateView, 'terms'>) {
      if (recurrence === 'ASPRESENTED') return t('autopay.as-presented')
      const often = t(`schedules.${recurrence}`)
      if (!dayRule) return often
      const { type, day: n } = dayRule
      const named = recurrence === 'WEEKLY' ? weekday(n) : t('autopay.day-n', { n })
      return `${often}, ${t(`autopay.day-${type}`, { day: named })}`
    },
    /** `Up to ₹500.00` */
    each({ terms: { amountRule, amountPaise } }: Pick<MandateView, 'terms'>) {
      const amount = formatRupees(amountPaise)
      return amountRule === 'MAX' ? t('autopay.each-MAX', { amount }) : amount
    },
    /** `Up to ₹500.00 every month` */
    terms({ terms: { amountRule, amountPaise, recurrence } }: Pick<MandateView, 'terms'>) {
      const amount = formatRupees(amountPaise)
      return t(amountRule === 'EXACT' ? 'autopay.exactly' : 'autopay.up-to', {
        amount,
        often: recurrence === 'ASPRESENTED' ? t('autopay.as-presented') : t(`schedules.${recurrence}`),
      })
    },
  }
}

const colours = new Map([
  ['requested', 'text-wait'],
  ['to-approve', 'text-wait'],
  ['active', 'text-good'],
  ['failed', 'text-bad'],
])
export const statusColour = (status: string): string => colours.get(status) ?? 'text-soft'

const today = () => istDateOf(new Date(serverNow()))

/** Its pause, under way or to come; undefined of one that is over, which its record keeps. */
export const pauseLeft = ({ pause }: Pick<MandateView, 'pause'>): MandateView['pause'] =>
  pause && pause.until >= today() ? pause : undefined

/** Whether nothing is debited on that day. */
export const isPausedOn = ({ pause }: Pick<MandateView, 'pause'>, on: IstDate): boolean =>
  pause !== undefined && pause.from <= on && on <= pause.until

/** Its status to who reads it: what waits for their own answer is not like what waits for somebody else's. */
export function statusFor(mandate: MandateView): MandateView['status'] | 'paused' | 'to-approve' {
  const { status, direction } = mandate
  if (status === 'active' && isPausedOn(mandate, today())) return 'paused'
  return status === 'requested' && direction === 'payer' ? 'to-approve' : status
}

/** Whether its payer can change it, or move it to another account, now. */
export const isMovable = ({ status, direction, terms, operating }: MandateView): boolean =>
  status === 'active' && direction === 'payer' && !terms.blockFunds && !operating
