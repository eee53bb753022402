// The texts of the charts in both languages, loaded with them.
import type { Texts } from '@bahi/web-ui/language/translate.ts'
import { useScreenText, type Language } from '../language/language.ts'

const en = {
  'charts.title': 'Payments over time',
  'charts.span': 'How far back',
  'charts.1h': '1 hour',
  'charts.6h': '6 hours',
  'charts.24h': '24 hours',
  'charts.each': { one: 'Each point is one minute.', other: 'Each point is {count} minutes.' },
  'charts.count': 'Payments begun',
  'charts.success': 'Success rate',
  'charts.success-about': 'of those that ended',
  'charts.p99': 'Time to complete',
  'charts.p99-name': 'p99',
  'charts.p99-about': '99 of 100 took this long or less',
  'charts.oldest': 'Oldest in doubt',
  'charts.settled': 'Paid',
  'charts.failed': 'Failed',
  'charts.pending': 'In doubt',
  'charts.time': 'Time',
  'charts.none': 'Nothing was counted yet: a minute is counted once it is over.',
  'charts.unknown': 'not known',
  'charts.image': '{title}, {from} to {to}. Last: {last}.',
  'charts.table': 'As a table',
} as const

export type ChartsTextKey = keyof typeof en

const hi: Texts<ChartsTextKey> = {
  'charts.title': 'समय के साथ भुगतान',
  'charts.span': 'कितना पीछे तक',
  'charts.1h': '1 घंटा',
  'charts.6h': '6 घंटे',
  'charts.24h': '24 घंटे',
  'charts.each': { one: 'हर बिंदु एक मिनट है।', other: 'हर बिंदु {count} मिनट है।' },
  'charts.count': 'शुरू हुए भुगतान',
  'charts.success': 'सफलता दर',
  'charts.success-about': 'पूरे हुए भुगतानों में से',
  'charts.p99': 'पूरा होने का समय',
  'charts.p99-name': 'p99',
  'charts.p99-about': '100 में से 99 को इतना या कम समय लगा',
  'charts.oldest': 'संदेह में सबसे पुराना',
  'charts.settled': 'भुगतान हुआ',
  'charts.failed': 'विफल',
  'charts.pending': 'संदेह में',
  'charts.time': 'समय',
  'charts.none': 'अभी कुछ नहीं गिना गया: हर मिनट पूरा होने पर गिना जाता है।',
  'charts.unknown': 'पता नहीं',
  'charts.image': '{title}, {from} से {to} तक। आख़िरी: {last}।',
  'charts.table': 'तालिका में',
}

export const chartsTexts = { en, hi } satisfies Record<Language, Texts<ChartsTextKey>>

export const useChartsText = () => useScreenText(chartsTexts)
