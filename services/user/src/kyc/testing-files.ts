// For tests: files that strangers send as documents. Each kind follows from a seed, and names what may become of it.
import type { KycFileFault } from '@bahi/contracts/kyc.ts'
import { seeded } from '@bahi/testing/random.ts'
import sharp, { type Sharp } from 'sharp'
import { eicar } from './testing.ts'
import {
  mark,
  pngChunk,
  pngHeader,
  pngMagic,
  segmentsOf,
  withPngChunk,
  withSegment,
  zerosDeflated,
  type Random,
} from './testing-bytes.ts'
import {
  activePdfs,
  endlessPdfs,
  heavyPdfs,
  infectedPdf,
  largePdfs,
  plainPdf,
  unreadablePdfs,
} from './testing-pdfs.ts'

type Outcome = 'readable' | KycFileFault
/** @param mebibytes what a bomb unpacks to */
type Make = (random: Random, mebibytes: number) => Buffer | Promise<Buffer>
/** `endless`: it keeps the reader busy until that is ended. */
type Kind = { make: Make; may: readonly Outcome[]; endless?: true }

/** In mebibytes. */
const gibibyte = 1_024
const upTo = (random: Random, from: number, to: number) => from + Math.floor(random() * (to - from))
const noise = (random: Random, length: number) =>
  Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)))
const ascii = (text: string) => Buffer.from(text, 'latin1')

function picture(random: Random): Sharp {
  const raw = { width: 16, height: 12, channels: 3 as const }
  const pixels = noise(random, raw.width * raw.height * raw.channels)
  return sharp(pixels, { raw }).resize({ width: upTo(random, 60, 400), kernel: 'nearest' })
}
const jpeg = (random: Random) => picture(random).jpeg().toBuffer()
const png = (random: Random) => picture(random).png().toBuffer()
const webp = (random: Random) => picture(random).webp().toBuffer()
const gif = (random: Random) => frames(random).gif().toBuffer()

/** Three pictures, one after the other. */
function frames(random: Random): Sharp {
  const raw = { width: 40, height: 90, channels: 3 as const, pageHeight: 30 }
  return sharp(noise(random, raw.width * raw.height * raw.channels), { raw })
}

const page = `<html><body><script>alert("${mark}")</script></body></html>`
const zip = Buffer.concat([ascii('PK\x03\x04\x14\0\0\0\0\0'), ascii(mark.repeat(20)), ascii('PK\x05\x06')])
const svg = (inside: string) =>
  ascii(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="90" height="90">${inside}</svg>`)
const after =
  (make: (random: Random) => Promise<Buffer>, tail: Buffer): Make =>
  async (random) =>
    Buffer.concat([await make(random), tail])
const segment =
  (marker: number, data: (random: Random) => Buffer): Make =>
  async (random) =>
    withSegment(await jpeg(random), marker, data(random))
const cut =
  (make: Make): Make =>
  async (random) => {
    const whole = await make(random, 1)
    return whole.subarray(0, upTo(random, 30, Math.floor(whole.length * 0.7)))
  }

/** @param side what its header says, whatever the picture has */
const sized =
  (side: number): Make =>
  async (random) => {
    const bytes = Buffer.from(await jpeg(random))
    const frame = segmentsOf(bytes).find(({ marker }) => marker === 0xc0)!
    bytes.writeUInt16BE(side, frame.at + 5)
    bytes.writeUInt16BE(side, frame.at + 7)
    return bytes
  }

/** A grey picture just within what is taken, refined one bit of one coefficient a pass, 2,647 times. */
function passes(): Buffer {
  const side = 6_300
  const blocks = Math.ceil(side / 8) ** 2
  const segmentOf = (marker: number, data: number[]) => {
    const length = data.length + 2
    return Buffer.from([0xff, marker, length >> 8, length & 255, ...data])
  }
  /** One code of one bit, a zero, for the symbol. */
  const table = (index: number, symbol: number) =>
    segmentOf(0xc4, [index, 1, ...Array<number>(15).fill(0), symbol])
  const scan = (components: number[], from: number, to: number, bits: number) =>
    segmentOf(0xda, [components.length, ...components.flatMap((id) => [id, 0]), from, to, bits])
  const [high, low] = [side >> 8, side & 255]
  const components = [1, 2, 3]
  const frame = [8, high, low, high, low, 3, ...components.flatMap((id) => [id, 0x11, 0])]
  const parts = [
    Buffer.from([0xff, 0xd8]),
    segmentOf(0xdb, [0, ...Array<number>(64).fill(1)]),
    segmentOf(0xc2, frame),
    table(0x00, 0),
    scan(components, 0, 0, 0),
    Buffer.alloc(Math.ceil((blocks * components.length) / 8)),
    // A run of 16,384 blocks that end here: a zero for the symbol, and 14 zeros for the rest of the number.
    table(0x10, 0xe0),
  ]
  const runs = Buffer.alloc(Math.ceil((Math.ceil(blocks / 16_384) * 15) / 8))
  for (const id of components)
    for (let coefficient = 1; coefficient < 64; coefficient++)
      for (let bit = 13; bit >= 0; bit--)
        parts.push(scan([id], coefficient, coefficient, (bit === 13 ? 0 : (bit + 1) << 4) | bit), runs)
  return Buffer.concat([...parts, Buffer.from([0xff, 0xd9])])
}

const pngOf = (header: Buffer, ...chunks: Buffer[]) =>
  Buffer.concat([pngMagic, header, ...chunks, pngChunk('IEND', Buffer.alloc(0))])
const idat = (mebibytes: number) => pngChunk('IDAT', zerosDeflated(mebibytes))

/** A lossless WebP of the largest size, and no picture. */
function hugeWebp(random: Random): Buffer {
  const body = Buffer.concat([Buffer.from([0x2f, 0xff, 0xff, 0xff, 0x0f]), noise(random, 400)])
  const head = Buffer.alloc(20)
  head.write('RIFF', 0, 'latin1')
  head.writeUInt32LE(12 + body.length, 4)
  head.write('WEBPVP8L', 8, 'latin1')
  head.writeUInt32LE(body.length, 16)
  return Buffer.concat([head, body])
}

/** A WebP with one more chunk at its end. */
const webpChunk =
  (type: string, data: Buffer): Make =>
  async (random) => {
    const bytes = await webp(random)
    const head = Buffer.alloc(8)
    head.write(type, 0, 'latin1')
    head.writeUInt32LE(data.length, 4)
    const whole = Buffer.concat([bytes, head, data, Buffer.alloc(data.length % 2)])
    whole.writeUInt32LE(whole.length - 8, 4)
    return whole
  }

const exif = {
  IFD0: { ImageDescription: mark, Artist: mark, Make: mark, Software: page },
  IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '12/1 58/1 0/1', GPSLongitude: '77/1 35/1 0/1' },
}

const kindsOf = (may: readonly Outcome[], makers: Record<string, Make>, more: { endless?: true } = {}) =>
  Object.fromEntries(
    Object.entries(makers).map(([name, make]): [string, Kind] => [name, { make, may, ...more }]),
  )

export const hostileKinds: Readonly<Record<string, Kind>> = {
  // What they show is kept, and nothing else of them.
  ...kindsOf(['readable'], {
    'plain jpeg': jpeg,
    'plain png': png,
    'plain webp': webp,
    'plain pdf': plainPdf,
    'jpeg with a zip after it': after(jpeg, zip),
    'jpeg with a page of HTML after it': after(jpeg, ascii(page)),
    'jpeg with a program after it': after(jpeg, ascii(`MZ\x90\0${mark}`)),
    'jpeg that is a PDF too': segment(0xfe, (random) => plainPdf(random)),
    'jpeg with a script as comment': segment(0xfe, () => ascii(`*/=1;alert("${mark}")/*${page}`)),
    'jpeg with a place': (random) => picture(random).withExif(exif).jpeg().toBuffer(),
    'jpeg with a place that is turned': (random) =>
      picture(random).withExif(exif).withMetadata({ orientation: 6 }).jpeg().toBuffer(),
    'jpeg with broken EXIF': segment(0xe1, (random) =>
      Buffer.concat([ascii('Exif\0\0MM\0*'), noise(random, 300), ascii(mark)]),
    ),
    'jpeg with XMP': segment(0xe1, () =>
      ascii(`http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>${page}</x:xmpmeta>`),
    ),
    'jpeg with a colour profile of something else': segment(0xe2, (random) =>
      Buffer.concat([ascii('ICC_PROFILE\0\x01\x01'), noise(random, 200), ascii(mark)]),
    ),
    'jpeg with IPTC': segment(0xed, () => ascii(`Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x20${mark}`)),
    'png with a zip after it': after(png, zip),
    'png with a page as text': async (random) =>
      withPngChunk(await png(random), 'tEXt', ascii(`Comment\0${page}`)),
    'png with a place': (random) => picture(random).withExif(exif).png().toBuffer(),
    'png with a chunk nobody knows': async (random) => withPngChunk(await png(random), 'baHi', ascii(mark)),
    'webp with a zip after it': after(webp, zip),
    'webp with a place': (random) => picture(random).withExif(exif).webp().toBuffer(),
    'webp with XMP nobody announced': webpChunk('XMP ', ascii(page)),
    'webp that moves': (random) => frames(random).webp().toBuffer(),
    ...activePdfs,
  }),
  ...kindsOf(['readable', 'unreadable'], {
    'jpeg that says it is larger': sized(6_000),
    'png of 16 bits, interlaced, as large as may be': (_, mebibytes) =>
      pngOf(pngHeader(mebibytes < gibibyte ? 1_500 : 6_300, 16, 6, 1), idat(320)),
    'png whose data unpacks to gibibytes': (_, mebibytes) => pngOf(pngHeader(8, 8, 2), idat(mebibytes)),
    'png whose text unpacks to gibibytes': async (random, mebibytes) =>
      withPngChunk(
        await png(random),
        'zTXt',
        Buffer.concat([ascii('Comment\0\0'), zerosDeflated(mebibytes)]),
      ),
    'png whose profile unpacks to gibibytes': async (random, mebibytes) =>
      withPngChunk(
        await png(random),
        'iCCP',
        Buffer.concat([ascii('profile\0\0'), zerosDeflated(mebibytes)]),
      ),
    ...heavyPdfs,
  }),
  ...kindsOf(['too-large', 'unreadable'], {
    'png of gibipixels': (random) => pngOf(pngHeader(upTo(random, 30_000, 60_000), 1, 0), idat(200)),
    'png of the largest number': () => pngOf(pngHeader(0x7fff_ffff, 8, 6), idat(1)),
    'jpeg that says it is of gibipixels': (random) => sized(upTo(random, 40_000, 65_500))(random, 1),
    'webp that says it is huge': hugeWebp,
    ...largePdfs,
  }),
  ...kindsOf(['unreadable'], {
    'jpeg that is cut': cut(jpeg),
    'png that is cut': cut(png),
    'webp that is cut': cut(webp),
    'jpeg of noise': (random) => Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), noise(random, 3_000)]),
    'png of noise': (random) => pngOf(pngHeader(100, 8, 2), pngChunk('IDAT', noise(random, 3_000))),
    'jpeg of its first bytes': () => Buffer.from([0xff, 0xd8, 0xff]),
    ...unreadablePdfs,
  }),
  ...kindsOf(['type', 'unreadable'], {
    'svg with a script': () => svg(`<script>alert("${mark}")</script>`),
    'svg that reads a file': () =>
      ascii(`<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>${svg('<text>&x;</text>').toString()}`),
    'page of HTML': () => ascii(page),
    'page of HTML before a PDF': (random) => Buffer.concat([ascii(page), plainPdf(random)]),
    'program for Windows': (random) => Buffer.concat([ascii('MZ\x90\0'), noise(random, 2_000)]),
    'program for Linux': (random) => Buffer.concat([ascii('\x7fELF\x02\x01\x01'), noise(random, 2_000)]),
    'zip with a picture': async (random) => Buffer.concat([zip, await jpeg(random)]),
    'png that moves': async (random) =>
      withPngChunk(await png(random), 'acTL', Buffer.from([0, 0, 0, 1, 0, 0, 0, 0])),
    'gif that moves': gif,
    'gif that is a script': () => ascii(`GIF89a/*\0\0\0\0\0;*/=1;alert("${mark}")`),
    'tiff of pages': (random) => frames(random).tiff().toBuffer(),
    'picture of a phone (HEIC)': (random) =>
      Buffer.concat([ascii('\0\0\0\x18ftypheic\0\0\0\0mif1heic'), noise(random, 2_000)]),
    text: (random) => ascii(`${mark} ${random()}`),
    'one byte': (random) => noise(random, 1),
    zeros: (random) => Buffer.alloc(upTo(random, 1, 2_000_000)),
    noise: (random) => noise(random, upTo(random, 10, 20_000)),
  }),
  ...kindsOf(['readable', 'unreadable', 'type'], { 'pdf that is cut': cut(plainPdf) }),
  ...kindsOf(['infected'], {
    'EICAR alone': () => ascii(eicar),
    'EICAR after a jpeg': after(jpeg, ascii(eicar)),
    'EICAR in a comment': segment(0xfe, () => ascii(eicar)),
    'EICAR in a png': async (random) => withPngChunk(await png(random), 'tEXt', ascii(`Comment\0${eicar}`)),
    'EICAR in a pdf': infectedPdf,
  }),
  ...kindsOf(
    ['unreadable', 'readable'],
    { ...endlessPdfs, 'jpeg of thousands of passes': passes },
    { endless: true },
  ),
}

/** The same seed makes the same file. `small`: of what unpacks to gibibytes, a small part of one. */
export async function hostileFile(kind: string, seed: number, { small = false } = {}): Promise<Buffer> {
  const random = seeded(seed)
  const mebibytes = small ? gibibyte / 64 : upTo(random, gibibyte, 3 * gibibyte)
  return hostileKinds[kind]!.make(random, mebibytes)
}
