// A moment as messages say it.
import { formatDay, formatMoment } from '@bahi/contracts/dates.ts'
import type { Language } from '@bahi/contracts/formats.ts'
import { istDateOf, istTime } from '@bahi/contracts/recurrence.ts'

/** What happens then, or begins then: at midnight the day says it. What ends then needs the time. */
const happens = new Set<string>([
  'mandate.debit-announced',
  'mandate.debit-retried',
  'controls.loosened',
  'kyc.expiring',
])

export function momentText(language: Language, at: Date, template: string): string {
  const isMidnight = istTime(istDateOf(at)).getTime() === at.getTime()
  return isMidnight && happens.has(template) ? formatDay(language, at) : formatMoment(language, at)
}
