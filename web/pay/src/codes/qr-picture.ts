// A code as a picture to print or to send: with whose it is under it.
import { canvasFont, loadCanvasFont } from '@bahi/web-ui/theme/canvas-font.ts'
import { qrPath } from '@bahi/web-ui/components/qr-code.tsx'

/** About so wide: each square of the code is a whole number of points, or its edges would blur. */
const aboutWide = 1_080
const lineHeight = 72

export async function qrPicture(text: string, lines: string[]): Promise<Blob> {
  await loadCanvasFont(lines.join(''))
  const { path, size } = qrPath(text)
  const scale = Math.max(1, Math.floor(aboutWide / size))
  const width = size * scale
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = width + lines.length * lineHeight
  const brush = canvas.getContext('2d')!
  brush.fillStyle = '#ffffff'
  brush.fillRect(0, 0, canvas.width, canvas.height)
  brush.fillStyle = '#000000'
  brush.save()
  brush.scale(scale, scale)
  brush.fill(new Path2D(path))
  brush.restore()
  brush.textAlign = 'center'
  for (const [at, line] of lines.entries()) {
    brush.font = canvasFont(44, at === 0 ? 700 : 400)
    brush.fillText(line, width / 2, width + at * lineHeight, width - lineHeight)
  }
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture was drawn'))), 'image/png')
  })
}
