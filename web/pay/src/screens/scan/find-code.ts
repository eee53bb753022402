// Finds a QR code in a picture: by the browser where it can, else by code that is loaded when it is needed.

type Detector = { detect: (source: CanvasImageSource) => Promise<{ rawValue: string }[]> }
type DetectorClass = {
  new (options: { formats: string[] }): Detector
  getSupportedFormats: () => Promise<string[]>
}

/** Looks at a picture of this width and height; the text of the first code in it. */
export type FindCode = (
  source: CanvasImageSource,
  width: number,
  height: number,
) => Promise<string | undefined>

/** Longer sides are made smaller: a code that fills a screen is read well at this size. */
const longestSide = 800

export async function newFinder(): Promise<FindCode> {
  const own = await newDetector()
  if (own) return async (source) => (await own.detect(source))[0]?.rawValue
  return newReader()
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

async function newReader(): Promise<FindCode> {
  const loaded = await import('jsqr')
  const read = (
    'default' in loaded.default ? loaded.default.default : loaded.default
  ) as typeof loaded.default.default
  const canvas = document.createElement('canvas')
  const brush = canvas.getContext('2d', { willReadFrequently: true })!
  return (source, width, height) => {
    const scale = Math.min(1, longestSide / Math.max(width, height))
    canvas.width = Math.round(width * scale)
    canvas.height = Math.round(height * scale)
    brush.drawImage(source, 0, 0, canvas.width, canvas.height)
    const { data } = brush.getImageData(0, 0, canvas.width, canvas.height)
    return Promise.resolve(read(data, canvas.width, canvas.height)?.data || undefined)
  }
}

/** The code in a picture from the gallery; undefined when there is none, or it is no picture. */
export async function codeInPicture(file: Blob): Promise<string | undefined> {
  try {
    const [picture, find] = await Promise.all([createImageBitmap(file), newFinder()])
    return await find(picture, picture.width, picture.height)
  } catch {
    return undefined
  }
}
