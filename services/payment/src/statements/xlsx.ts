// A statement as a spreadsheet: amounts are numbers, everything else is text and never a formula.
import writeExcelFile from 'write-excel-file/node'
import { cellsOf, type StatementTable } from './table.ts'

const money = '#,##,##0.00'
const text = (value: string, more: object = {}) => ({ type: String, value, ...more })
/** In rupees: exact up to nine quadrillion paise. */
const rupees = (paise: number, more: object = {}) => ({
  type: Number,
  value: paise / 100,
  format: money,
  ...more,
})

export async function toXlsx(table: StatementTable): Promise<Buffer> {
  const { language, title, facts, say, rows, paidPaise, receivedPaise, foot } = table
  const bold = { fontWeight: 'bold' as const }
  const lines = rows.map((row) => [
    ...cellsOf(language, row)
      .slice(0, 5)
      .map((one) => text(one)),
    row.direction === 'debit' ? rupees(row.amountPaise) : null,
    row.direction === 'credit' ? rupees(row.amountPaise) : null,
  ])
  const sums = [
    null,
    null,
    null,
    null,
    text(say.sum, bold),
    rupees(paidPaise, bold),
    rupees(receivedPaise, bold),
  ]
  const data = [
    [text(title, { ...bold, fontSize: 14 })],
    ...facts.map((pair) => pair.map((one) => text(one))),
    [],
    say.columns.map((one) => text(one, bold)),
    ...lines,
    sums,
    [],
    ...foot.map((pair) => pair.map((one) => text(one))),
  ]
  const columns = [22, 26, 28, 26, 16, 14, 14].map((width) => ({ width }))
  return writeExcelFile(data, { columns }).toBuffer()
}
