// The process that opens strangers' files: finds their type by content and draws what they show anew, page by page. It
// may read its own code, write nothing and start no other process; Node's permissions say nothing of the network.
import { fileTypeFromBuffer } from 'file-type'
import sharp, { type Sharp } from 'sharp'
import type { KycFileFault } from '@bahi/contracts/kyc.ts'

export type ReadTask = { id: number; bytes: Uint8Array; maxPixels: number; maxPages: number }
export type ReadAnswer = { id: number; pages: Buffer[] } | { id: number; fault: KycFileFault }

/** What a reviewer can read a card on. */
const maxSide = 2_400
const quality = 85
/** By the clock; its parent counts what it takes of the processor. */
const secondsPerPage = 60

// Of all the loaders that the library has, those of the three types alone.
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({
  operation: ['VipsForeignLoadJpegBuffer', 'VipsForeignLoadPngBuffer', 'VipsForeignLoadWebpBuffer'],
})
sharp.cache(false)
sharp.concurrency(1)

const faulty = (fault: KycFileFault) => Object.assign(new Error(fault), { fault })

async function read({ bytes, maxPixels, maxPages }: ReadTask): Promise<Buffer[]> {
  const type = (await fileTypeFromBuffer(bytes))?.mime
  switch (type) {
    case 'application/pdf':
      return drawPdf(bytes, maxPixels, maxPages)
    case 'image/jpeg':
    case 'image/png':
    case 'image/webp':
      return [await drawPicture(bytes, maxPixels)]
    default:
      throw faulty('type')
  }
}

/** Pixels, turned as the camera says, and nothing else of the file: no EXIF, no place, no comment, no tail. */
async function drawPicture(bytes: Uint8Array, maxPixels: number): Promise<Buffer> {
  const { width, height } = await sharp(bytes, { limitInputPixels: false }).metadata()
  if (width * height > maxPixels) throw faulty('too-large')
  return jpegOf(
    sharp(bytes, { limitInputPixels: maxPixels, failOn: 'truncated', sequentialRead: true }).autoOrient(),
  )
}

function jpegOf(picture: Sharp): Promise<Buffer> {
  return picture
    .resize({ width: maxSide, height: maxSide, fit: 'inside', withoutEnlargement: true })
    .flatten({ background: 'white' })
    .toColourspace('srgb')
    .jpeg({ quality })
    .timeout({ seconds: secondsPerPage })
    .toBuffer()
}

/** Drawn without forms and scripts, so that what it runs or embeds is in no picture. */
async function drawPdf(bytes: Uint8Array, maxPixels: number, maxPages: number): Promise<Buffer[]> {
  const { PDFiumLibrary } = await import('@hyzyla/pdfium')
  const library = await PDFiumLibrary.init()
  try {
    const document = await library.loadDocument(bytes)
    const count = document.getPageCount()
    if (count === 0) throw faulty('unreadable')
    if (count > maxPages) throw faulty('too-large')
    const pages: Buffer[] = []
    for (const page of document.pages()) {
      const { originalWidth: width, originalHeight: height } = page.getOriginalSize()
      if (!(width >= 1 && height >= 1)) throw faulty('unreadable')
      const scale = Math.min(maxSide / Math.max(width, height), Math.sqrt(maxPixels / (width * height)))
      const drawn = await page.render({ scale, render: 'bitmap', colorSpace: 'BGRA' })
      const raw = { width: drawn.width, height: drawn.height, channels: 4 as const }
      pages.push(await jpegOf(sharp(drawn.data, { raw })))
    }
    document.destroy()
    return pages
  } finally {
    library.destroy()
  }
}

process.on('message', (task: ReadTask) => {
  read(task)
    .then((pages): ReadAnswer => ({ id: task.id, pages }))
    .catch((error: unknown): ReadAnswer => ({
      id: task.id,
      fault: (error as { fault?: KycFileFault }).fault ?? 'unreadable',
    }))
    .then((answer) => process.send!(answer))
    .catch(() => process.exit(1))
})
// Its parent has gone.
process.on('disconnect', () => process.exit(0))
