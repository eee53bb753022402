// The terms of a mandate in words.
import type { MandateView } from '@bahi/contracts/mandates.ts'
import { formatRupees } from '@bahi/contracts/formats.ts'
import { addDays, istDateOf, istTime, type IstDate } from '@bahi/contracts/recurrence.ts'
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
  ['active', 'text-good'],
  ['failed', 'text-bad'],
])
export const statusColour = (status: string): string => colours.get(status) ?? 'text-soft'

/** Whether nothing is debited today. */
export function isPaused({ pause }: Pick<MandateView, 'pause'>): boolean {
  const today = istDateOf(new Date(serverNow()))
  return pause !== undefined && pause.from <= today && today <= pause.until
}

/** Whether its payer can move it to another account now. */
export const isMovable = ({ status, direction, terms, operating }: MandateView): boolean =>
  status === 'active' && direction === 'payer' && !terms.blockFunds && !operating

/** From today for so many days. */
export function pauseOf(days: number): { from: IstDate; until: IstDate } {
  const from = istDateOf(new Date(serverNow()))
  return { from, until: addDays(from, days - 1) }
}
