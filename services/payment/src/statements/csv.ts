// A statement as CSV (RFC 4180), in which no cell is a formula, however a name or a note begins.
import { cellsOf, plainRupees, type StatementTable } from './table.ts'

/** What spreadsheets take for the beginning of a formula (OWASP, CSV injection). */
const formula = /^[=+\-@\t\r]/

/** A cell that any spreadsheet shows as this text. */
function cell(text: string): string {
  const safe = formula.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

export function toCsv({
  language,
  title,
  facts,
  say,
  rows,
  paidPaise,
  receivedPaise,
  foot,
}: StatementTable): Buffer {
  const sums = ['', '', '', '', say.sum, plainRupees(paidPaise), plainRupees(receivedPaise)]
  const table = [say.columns, ...rows.map((row) => cellsOf(language, row, plainRupees)), sums]
  const lines = [[title], ...facts, [], ...table, [], ...foot]
  const text = lines.map((cells) => cells.map(cell).join(',')).join('\r\n')
  // The mark tells spreadsheets that it is UTF-8.
  return Buffer.from(`\uFEFF${text}\r\n`)
}
