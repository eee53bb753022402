// A statement as a table in its reader's language: its heading, its columns, a row for each payment, the sums. Pure.
import { formatDay, formatMoment } from '@bahi/contracts/dates.ts'
import { formatRupees, vpaText, type Language } from '@bahi/contracts/formats.ts'
import type { IstDate } from '@bahi/contracts/recurrence.ts'

export type StatementRow = {
  id: string
  at: Date
  direction: 'debit' | 'credit'
  name: string
  vpa: string
  note?: string
  rrn: string
  amountPaise: number
}

/** What is said above and below the table. */
export type StatementFacts = {
  id: string
  language: Language
  fromOn: IstDate
  toOn: IstDate
  /** Of the one account that it is about; undefined: all accounts. */
  account: string | undefined
  madeAt: Date
  /** Newest hash of the audit chain when it was made. */
  auditHash: string
  /** Address of the page that verifies it. */
  verifyAt: string
}

const texts = {
  en: {
    title: 'Statement of UPI payments',
    period: 'Period',
    account: 'Account',
    allAccounts: 'All accounts',
    made: 'Made',
    columns: ['Date', 'Name', 'UPI ID', 'Note', 'RRN', 'Paid', 'Received'],
    sum: 'Sum',
    none: 'No payments in this period.',
    verify: 'Whether this file is genuine is checked at',
    audit: 'Newest hash of the audit chain',
    page: 'Page',
  },
  hi: {
    title: 'UPI भुगतानों का स्टेटमेंट',
    period: 'अवधि',
    account: 'खाता',
    allAccounts: 'सभी खाते',
    made: 'बनाया गया',
    columns: ['तारीख', 'नाम', 'UPI ID', 'नोट', 'RRN', 'भुगतान', 'प्राप्त'],
    sum: 'कुल',
    none: 'इस अवधि में कोई भुगतान नहीं।',
    verify: 'यह फ़ाइल असली है या नहीं, यहाँ जाँचें',
    audit: 'ऑडिट शृंखला का नवीनतम हैश',
    page: 'पृष्ठ',
  },
} as const

export type StatementTable = ReturnType<typeof tableOf>

export function tableOf(facts: StatementFacts, rows: readonly StatementRow[]) {
  const { language } = facts
  const say = texts[language]
  const sum = (direction: StatementRow['direction']) =>
    rows.reduce((total, row) => total + (row.direction === direction ? row.amountPaise : 0), 0)
  return {
    language,
    say,
    title: say.title,
    facts: [
      [say.period, `${formatDay(language, facts.fromOn)} – ${formatDay(language, facts.toOn)}`],
      [say.account, facts.account ?? say.allAccounts],
      [say.made, formatMoment(language, facts.madeAt)],
    ] as [string, string][],
    rows,
    paidPaise: sum('debit'),
    receivedPaise: sum('credit'),
    foot: [
      [say.verify, facts.verifyAt],
      [say.audit, facts.auditHash],
    ] as [string, string][],
  }
}

/** The cells of a row as text; `amount` writes those of money. */
export function cellsOf(
  language: Language,
  row: StatementRow,
  amount: (paise: number) => string = formatRupees,
): string[] {
  const { at, direction, name, vpa, note = '', rrn, amountPaise } = row
  const [paid, received] = direction === 'debit' ? [amount(amountPaise), ''] : ['', amount(amountPaise)]
  return [formatMoment(language, at), name, vpaText(vpa), note, rrn, paid, received]
}

/** `250.00`: what a spreadsheet reads as a number. */
export const plainRupees = (paise: number): string =>
  `${Math.floor(paise / 100)}.${String(paise % 100).padStart(2, '0')}`
