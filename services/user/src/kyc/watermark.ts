// Marks a page with who sees it and when, all over, so that a copy says where it came from.

/** Five rows of three dots a letter, a digit a row; drawn here, because a server need not have a font. */
const glyphs = new Map<string, string>([
  ...([
    ['0', '75557'],
    ['1', '26227'],
    ['2', '71747'],
    ['3', '71717'],
    ['4', '55711'],
  ] as const),
  ...([
    ['5', '74717'],
    ['6', '74757'],
    ['7', '71122'],
    ['8', '75757'],
    ['9', '75717'],
  ] as const),
  ...([
    ['a', '25755'],
    ['b', '65656'],
    ['c', '74447'],
    ['d', '65556'],
    ['e', '74747'],
  ] as const),
  ...([
    ['f', '74744'],
    ['-', '00700'],
    [':', '02020'],
    [' ', '00000'],
  ] as const),
])
const [columns, rows] = [3, 5]
const opacity = 110

/** A JPEG of the page with the mark. @param text digits, `a` to `f`, `-`, `:` and blanks */
export async function watermark(page: Uint8Array, text: string): Promise<Buffer> {
  // Not before it is needed: it is large, and reviews are rare.
  const { default: sharp } = await import('sharp')
  // What the reader makes, and nothing else that a broken reader could hand over.
  sharp.block({ operation: ['VipsForeignLoad'] })
  sharp.unblock({ operation: ['VipsForeignLoadJpegBuffer'] })
  const image = sharp(page)
  const { width, height } = await image.metadata()
  const { data, raw } = tileOf(text, { width, height })
  return image
    .composite([{ input: data, raw, tile: true }])
    .jpeg({ quality: 85 })
    .toBuffer()
}

/** Grey dots, transparent around: the text, and below it once more, shifted by half. Cut to a small page. */
function tileOf(text: string, page: { width: number; height: number }) {
  // Two of them beside each other.
  const dot = Math.max(1, Math.floor(page.width / 2 / ((text.length + 4) * (columns + 1))))
  const letterWidth = (columns + 1) * dot
  const whole = { width: (text.length + 4) * letterWidth, height: 6 * rows * dot }
  const raw = {
    width: Math.min(whole.width, page.width),
    height: Math.min(whole.height, page.height),
    channels: 4 as const,
  }
  const data = Buffer.alloc(raw.width * raw.height * raw.channels)
  const draw = (fromX: number, fromY: number) => {
    for (const [at, letter] of [...text].entries()) {
      for (const [row, bits] of [...(glyphs.get(letter) ?? '77777')].entries()) {
        for (let column = 0; column < columns; column++) {
          if (((Number(bits) >> (columns - 1 - column)) & 1) === 0) continue
          for (let n = 0; n < dot * dot; n++) {
            const x = (fromX + at * letterWidth + column * dot + (n % dot)) % whole.width
            const y = fromY + row * dot + Math.floor(n / dot)
            if (x >= raw.width || y >= raw.height) continue
            data.writeUInt32BE((0x80_80_80_00 | opacity) >>> 0, (y * raw.width + x) * raw.channels)
          }
        }
      }
    }
  }
  draw(0, 0)
  draw(Math.floor(whole.width / 2), 3 * rows * dot)
  return { data, raw }
}
