// Finds QR codes in a picture: by the browser where it can, else by code that is loaded when it is needed.
import type { ReaderOptions } from 'zxing-wasm/reader'

type Detector = { detect: (source: CanvasImageSource | ImageData) => Promise<{ rawValue: string }[]> }
type DetectorClass = {
  new (options: { formats: string[] }): Detector
  getSupportedFormats: () => Promise<string[]>
}

/** Looks at a picture of this width and height; the texts of all codes in it. */
export type FindCodes = (source: CanvasImageSource, width: number, height: number) => Promise<string[]>

/** Longer sides of the camera's picture are made smaller: a code that fills a screen is read well at this size. */
const cameraSide = 800
/**
 * Sizes at which a picture is looked at until there is a code: grain vanishes in the small ones, and a code that is a
 * small part of a large photo needs the large ones.
 */
const pictureSides = [1_600, 800, 3_200, 480]
const most = 8

export async function newFinder(): Promise<FindCodes> {
  const own = await newDetector()
  if (own) return async (source) => textsOf((await own.detect(source)).map(({ rawValue }) => rawValue))
  const read = await newReader()
  return (source, width, height) => read(drawn(source, width, height, cameraSide))
}

async function newDetector(): Promise<Detector | undefined> {
  const Class = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector
  try {
    if (!Class || !(await Class.getSupportedFormats()).includes('qr_code')) return undefined
    return new Class({ formats: ['qr_code'] })
  } catch {
    // It is there, and does not work on this system.
    return undefined
  }
}

const options: ReaderOptions = { formats: ['QRCode'], tryHarder: true, maxNumberOfSymbols: most }

async function newReader(): Promise<(picture: ImageData) => Promise<string[]>> {
  const [{ prepareZXingModule, readBarcodes }, { default: wasm }] = await Promise.all([
    import('zxing-wasm/reader'),
    import('zxing-wasm/reader/zxing_reader.wasm?url'),
  ])
  prepareZXingModule({ overrides: { locateFile: () => wasm } })
  return async (picture) => textsOf((await readBarcodes(picture, options)).map(({ text }) => text))
}

const textsOf = (found: string[]) => [...new Set(found.filter((text) => text !== ''))]

/** On white: what is transparent is paper. */
function drawn(source: CanvasImageSource, width: number, height: number, longest: number): ImageData {
  const scale = Math.min(1, longest / Math.max(width, height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(width * scale))
  canvas.height = Math.max(1, Math.round(height * scale))
  const brush = canvas.getContext('2d', { willReadFrequently: true })!
  brush.fillStyle = '#fff'
  brush.fillRect(0, 0, canvas.width, canvas.height)
  brush.imageSmoothingQuality = 'high'
  brush.drawImage(source, 0, 0, canvas.width, canvas.height)
  return brush.getImageData(0, 0, canvas.width, canvas.height)
}

/**
 * The codes in a picture from the gallery; none when there is none, or it is no picture.
 * @param isWanted until there is such a one, the picture is looked at again
 */
export async function codesInPicture(file: Blob, isWanted: (text: string) => boolean): Promise<string[]> {
  const found = new Set<string>()
  try {
    const picture = await createImageBitmap(file)
    const at = (side: number) => drawn(picture, picture.width, picture.height, side)
    const own = await newDetector()
    for (const { rawValue } of own ? await own.detect(at(pictureSides[0]!)) : []) found.add(rawValue)
    if ([...found].some(isWanted)) return [...found]
    const read = await newReader()
    for (const side of pictureSides) {
      for (const text of await read(at(side))) found.add(text)
      if ([...found].some(isWanted)) break
    }
  } catch {
    // No picture, or none that this browser can show.
  }
  return [...found]
}
