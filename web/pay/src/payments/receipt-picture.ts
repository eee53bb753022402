// The receipt as a picture to share: drawn here, always on white, whatever the app looks like.
import { brandInk } from '@bahi/web-ui/theme/brand.ts'
import { canvasFont as font, loadCanvasFont } from '@bahi/web-ui/theme/canvas-font.ts'

export type ReceiptText = {
  title: string
  amount: string
  lines: { label: string; value: string }[]
  foot: string
  /** What must not be taken for a receipt of real money says so. */
  mark?: string
}

const width = 720
const margin = 56
const line = 34

/** A PNG, twice as fine as its measures. */
export async function drawReceipt(receipt: ReceiptText): Promise<Blob> {
  await loadCanvasFont(JSON.stringify(receipt))
  const canvas = document.createElement('canvas')
  const pen = canvas.getContext('2d')!
  pen.font = font(24, 500)
  const rows = receipt.lines.map(({ label, value }) => ({
    label,
    values: wrapped(pen, value, width - 2 * margin),
  }))
  const markHeight = receipt.mark === undefined ? 0 : 64
  const height = 330 + markHeight + rows.reduce((sum, { values }) => sum + 62 + values.length * line, 0) + 60
  canvas.width = width * 2
  canvas.height = height * 2
  pen.scale(2, 2)
  pen.fillStyle = '#ffffff'
  pen.fillRect(0, 0, width, height)
  pen.fillStyle = brandInk
  pen.fillRect(0, 0, width, 12)
  pen.textAlign = 'center'
  pen.fillStyle = '#e3f4ea'
  pen.beginPath()
  pen.arc(width / 2, 100, 44, 0, 2 * Math.PI)
  pen.fill()
  pen.strokeStyle = '#146c3f'
  pen.lineWidth = 7
  pen.lineCap = 'round'
  pen.lineJoin = 'round'
  pen.beginPath()
  pen.moveTo(width / 2 - 20, 102)
  pen.lineTo(width / 2 - 5, 116)
  pen.lineTo(width / 2 + 21, 86)
  pen.stroke()
  write(pen, receipt.title, font(26, 600), '#5f5b62', width / 2, 190)
  write(pen, receipt.amount, font(60, 700), '#1c1b22', width / 2, 262)
  if (receipt.mark !== undefined) {
    pen.fillStyle = '#fdf0d7'
    pen.fillRect(margin, 290, width - 2 * margin, 48)
    write(pen, receipt.mark, font(22, 700), '#7a4d00', width / 2, 322)
  }
  pen.textAlign = 'left'
  let y = 310 + markHeight
  for (const { label, values } of rows) {
    pen.fillStyle = '#e0dbd2'
    pen.fillRect(margin, y, width - 2 * margin, 1)
    write(pen, label, font(20), '#5f5b62', margin, y + 34)
    values.forEach((value, i) => write(pen, value, font(24, 500), '#1c1b22', margin, y + 66 + i * line))
    y += 62 + values.length * line
  }
  pen.textAlign = 'center'
  write(pen, receipt.foot, font(20, 600), brandInk, width / 2, height - 36)
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture was made'))), 'image/png'),
  )
}

function write(
  pen: CanvasRenderingContext2D,
  text: string,
  how: string,
  colour: string,
  x: number,
  y: number,
) {
  pen.font = how
  pen.fillStyle = colour
  pen.fillText(text, x, y)
}

/** Broken between letters where it must be: references have no spaces. */
function wrapped(pen: CanvasRenderingContext2D, text: string, most: number): string[] {
  const lines: string[] = []
  for (const letter of new Intl.Segmenter().segment(text)) {
    const last = lines.at(-1)
    if (last === undefined || pen.measureText(last + letter.segment).width > most) lines.push(letter.segment)
    else lines[lines.length - 1] = last + letter.segment
  }
  return lines
}
