// What on the page of health needs a look, worst first: with its alert (docs/operate/alerts.md), or sooner.
import { hasFailedVerification, type PlatformHealth } from '@bahi/contracts/health.ts'
import type { Language } from '@bahi/web-ui/language/language.ts'
import { formatSpan } from '@bahi/web-ui/format/dates.ts'
import type { Translate } from '../../language/language.ts'

/** From here on due work is late: below it, it is on its way. Its alert waits for ten minutes. */
export const workLateAfterS = 60
/** The same of events. */
const eventsLateAfterS = 30
const backupAfterMs = 26 * 3_600_000
const verifiedAfterMs = 50 * 3_600_000

export type Concern = { tone: 'bad' | 'wait'; text: string }

export function concernsOf(health: PlatformHealth, language: Language, t: Translate): Concern[] {
  const span = (seconds: number) => formatSpan(language, seconds)
  const { services, bookFaults = 0, queues, dueWork, unpublished, backup } = health
  const isOlder = (at: string | undefined, ms: number) =>
    at === undefined || Date.parse(health.at) - Date.parse(at) > ms
  const deadLetters = queues.reduce((sum, queue) => sum + queue.deadLetters, 0)
  const givenUp = dueWork.reduce((sum, work) => sum + work.givenUp, 0)
  const bad = (text: string): Concern => ({ tone: 'bad', text })
  const wait = (text: string): Concern => ({ tone: 'wait', text })
  return [
    ...(bookFaults > 0 ? [bad(t('health.books-wrong'))] : []),
    ...services
      .filter(({ status }) => status === 'down')
      .map(({ name }) => bad(t('health.service-down', { service: name }))),
    ...(backup && hasFailedVerification(backup) ? [bad(t('health.verification-failed'))] : []),
    ...(backup && isOlder(backup.lastSuccessAt, backupAfterMs) ? [bad(t('health.backup-old'))] : []),
    ...services
      .filter(({ status }) => status === 'degraded')
      .map(({ name }) => wait(t('health.service-degraded', { service: name }))),
    ...(deadLetters > 0 ? [wait(t('health.dead', { number: deadLetters }))] : []),
    ...(givenUp > 0 ? [wait(t('health.gave-up', { number: givenUp }))] : []),
    ...dueWork
      .filter(({ lateS }) => lateS >= workLateAfterS)
      .map(({ kind, lateS }) => wait(t('health.late', { kind, age: span(lateS) }))),
    ...unpublished
      .filter(({ oldestS }) => oldestS >= eventsLateAfterS)
      .map(({ service, oldestS }) => wait(t('health.unpublished', { service, age: span(oldestS) }))),
    ...(backup && isOlder(backup.lastVerifiedAt, verifiedAfterMs) ? [wait(t('health.verified-old'))] : []),
  ]
}
