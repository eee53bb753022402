// A schedule in words: how often, and its days in the language of the app.
import { istTime } from '@bahi/contracts/recurrence.ts'
import type { ScheduleView } from '@bahi/contracts/schedules.ts'
import { formatDay } from '@bahi/web-ui/format/dates.ts'
import { useLanguage, useText } from '../../language/language.ts'

type Described = Pick<ScheduleView, 'recurrence' | 'until' | 'count'>

export function useScheduleText() {
  const t = useText()
  const { language } = useLanguage()
  /** `5 Dec 2026` */
  const day = (date: string) => formatDay(language, istTime(date, 720))
  const often = (recurrence: ScheduleView['recurrence']) => t(`schedules.${recurrence as 'DAILY'}`)
  const end = ({ recurrence, until, count }: Described): string | undefined => {
    if (recurrence === 'ONETIME') return undefined
    const parts = [
      ...(count === undefined ? [] : [t('schedules.times', { count })]),
      ...(until === undefined ? [] : [t('schedules.until', { date: day(until) })]),
    ]
    return parts.length === 0 ? t('schedules.endless') : parts.join(', ')
  }
  return { day, often, end }
}
