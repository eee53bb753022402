// Reads a list of disconnected mobile numbers line by line: one number a line, or number, date and reason as CSV. Pure.
import { parsePhone } from '@bahi/contracts/phone.ts'
import { isDate, type IstDate } from '@bahi/contracts/recurrence.ts'
import type { RevokedNumberList } from '@bahi/contracts/revoked-numbers.ts'

/** Of bytes; what is behind the date is not read. */
const maxLineBytes = 300
const newline = 0x0a

export type RefusedLine = RevokedNumberList['refusedLines'][number]
export type ListLine = { phone: string; revokedOn: IstDate } | RefusedLine

/** Blank lines and a heading are left out. Lines without a date are of the day of the list, `listedOn`. */
export function* readList(bytes: Buffer, listedOn: IstDate): Generator<ListLine> {
  for (let from = 0, line = 1; from < bytes.length; line++) {
    const end = bytes.indexOf(newline, from)
    const to = end === -1 ? bytes.length : end
    const isLong = to - from > maxLineBytes
    const text = bytes.toString('utf8', from, isLong ? from + maxLineBytes : to).replace(/^\ufeff/, '')
    from = to + 1
    const [number = '', date = ''] = text
      .split(/[,;\t]/)
      .map((field) => field.trim().replaceAll(/^"|"$/g, ''))
    if (text.trim() === '' || (line === 1 && !/\d/.test(text))) continue
    const refused = (why: RefusedLine['why']): RefusedLine => ({ line, ending: endingOf(number), why })
    const phone = parsePhone(number)
    const revokedOn = date === '' ? listedOn : dateIn(date)
    if (isLong) yield refused('length')
    else if (phone === undefined) yield refused('number')
    else if (revokedOn === undefined) yield refused('date')
    else if (revokedOn > listedOn) yield refused('later')
    else yield { phone, revokedOn }
  }
}

/** Two digits, however many there are. */
const endingOf = (number: string) => `••${number.replaceAll(/\D/g, '').slice(-2)}`

/** `2026-11-27`, or as India writes it: `27-11-2026`, `27/11/2026`. Undefined for a day that no calendar has. */
function dateIn(text: string): IstDate | undefined {
  const [, day, month, year] = /^(\d{2})[-/.](\d{2})[-/.](2\d{3})$/.exec(text) ?? []
  const date = year === undefined ? text : `${year}-${month}-${day}`
  return /^2\d{3}-\d{2}-\d{2}$/.test(date) && isDate(date) ? date : undefined
}
