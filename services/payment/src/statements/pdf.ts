// A statement as PDF (A4), in English and Hindi: the typeface has both scripts and is shaped by its own rules.
import { fileURLToPath } from 'node:url'
import { formatRupees } from '@bahi/contracts/formats.ts'
import PDFDocument from 'pdfkit'
import { cellsOf, type StatementTable } from './table.ts'

const faces = {
  plain: fileURLToPath(
    import.meta
      .resolve('@expo-google-fonts/noto-sans-devanagari/400Regular/NotoSansDevanagari_400Regular.ttf'),
  ),
  bold: fileURLToPath(
    import.meta.resolve('@expo-google-fonts/noto-sans-devanagari/700Bold/NotoSansDevanagari_700Bold.ttf'),
  ),
}
const margin = 40
const width = 595.28 - 2 * margin
const bottom = 841.89 - 70
/** Of the columns date, details, paid, received. */
const columns = [104, 231, 90, 90]
const grey = '#5b5b66'
const line = '#d8d8de'
const pad = 5

type Doc = PDFKit.PDFDocument

export async function toPdf(table: StatementTable): Promise<Buffer> {
  const doc = new PDFDocument({
    size: 'A4',
    margins: { top: margin, left: margin, right: margin, bottom: 0 },
    bufferPages: true,
    info: { Title: table.title, Producer: 'bahi', Creator: 'bahi' },
  })
  doc.registerFont('plain', faces.plain)
  doc.registerFont('bold', faces.bold)
  const chunks: Buffer[] = []
  const whole = new Promise<Buffer>((resolve, reject) => {
    doc.on('data', (chunk: Buffer) => chunks.push(chunk))
    doc.on('end', () => resolve(Buffer.concat(chunks)))
    doc.on('error', reject)
  })
  writeHead(doc, table)
  writeColumns(doc, table)
  if (table.rows.length === 0)
    doc
      .font('plain')
      .fontSize(10)
      .fillColor(grey)
      .text(table.say.none, margin, doc.y + 8)
  for (const row of table.rows) {
    const [date, name, vpa, note, rrn, paid, received] = cellsOf(table.language, row) as [
      string,
      string,
      ...string[],
    ]
    const under = [vpa, note, `RRN ${rrn}`].filter(Boolean).join(' · ')
    writeRow(doc, table, { date, name, under, paid: paid!, received: received! })
  }
  writeRow(doc, table, {
    ...{ date: '', name: table.say.sum, under: '', isBold: true },
    ...{ paid: formatRupees(table.paidPaise), received: formatRupees(table.receivedPaise) },
  })
  writeFeet(doc, table)
  doc.end()
  return whole
}

function writeHead(doc: Doc, { title, facts }: StatementTable): void {
  doc.font('bold').fontSize(11).fillColor('#3333a8').text('bahi', margin, margin)
  doc
    .font('bold')
    .fontSize(18)
    .fillColor('black')
    .text(title, margin, doc.y + 4)
  doc.y += 6
  for (const [label, value] of facts) {
    const { y } = doc
    doc.font('plain').fontSize(9).fillColor(grey).text(label, margin, y)
    doc.fillColor('black').text(value, margin + 90, y, { width: width - 90 })
  }
  doc.y += 10
}

function writeColumns(doc: Doc, { say }: StatementTable): void {
  const [date, name, , , , paid, received] = say.columns
  const { y } = doc
  doc.font('bold').fontSize(9).fillColor(grey)
  ;[date, name, paid, received].forEach((text, i) =>
    doc.text(text, xOf(i), y, { width: columns[i]!, align: i > 1 ? 'right' : 'left', lineBreak: false }),
  )
  doc.y = y + 16
  rule(doc)
}

type Row = { date: string; name: string; under: string; paid: string; received: string; isBold?: boolean }

function writeRow(doc: Doc, table: StatementTable, { date, name, under, paid, received, isBold }: Row): void {
  const inside = { width: columns[1]! - 8 }
  doc.font('bold').fontSize(9)
  const nameHeight = doc.heightOfString(name, inside)
  doc.font('plain').fontSize(8)
  const height = nameHeight + (under === '' ? 0 : doc.heightOfString(under, inside)) + 2 * pad
  if (doc.y + height > bottom) {
    doc.addPage()
    writeColumns(doc, table)
  }
  const y = doc.y + pad
  doc
    .font('plain')
    .fontSize(8)
    .fillColor(grey)
    .text(date, xOf(0), y + 1, { width: columns[0]! - 6 })
  doc.font('bold').fontSize(9).fillColor('black').text(name, xOf(1), y, inside)
  if (under !== '')
    doc
      .font('plain')
      .fontSize(8)
      .fillColor(grey)
      .text(under, xOf(1), y + nameHeight, inside)
  doc
    .font(isBold ? 'bold' : 'plain')
    .fontSize(9)
    .fillColor('black')
  doc.text(paid, xOf(2), y, { width: columns[2]!, align: 'right', lineBreak: false })
  doc.text(received, xOf(3), y, { width: columns[3]!, align: 'right', lineBreak: false })
  doc.y = y - pad + height
  rule(doc)
}

/** On every page, once their number is known. */
function writeFeet(doc: Doc, { foot, say }: StatementTable): void {
  const { count } = doc.bufferedPageRange()
  for (let page = 0; page < count; page++) {
    doc.switchToPage(page)
    doc.font('plain').fontSize(7).fillColor(grey)
    foot.forEach(([label, value], i) =>
      doc.text(`${label}: ${value}`, margin, bottom + 18 + i * 11, {
        ...{ width, lineBreak: false },
        ...(value.startsWith('http') ? { link: value } : {}),
      }),
    )
    const number = `${say.page} ${page + 1} / ${count}`
    doc.text(number, margin, bottom + 40, { width, align: 'right', lineBreak: false })
  }
}

const xOf = (column: number) => margin + columns.slice(0, column).reduce((sum, one) => sum + one, 0)

function rule(doc: Doc): void {
  doc
    .moveTo(margin, doc.y)
    .lineTo(margin + width, doc.y)
    .lineWidth(0.5)
    .strokeColor(line)
    .stroke()
}
