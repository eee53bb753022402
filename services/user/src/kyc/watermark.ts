// Marks a page with who sees it and when, all over, so that a copy says where it came from.
import sharp from 'sharp'

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
  const image = sharp(page)
  const { width } = await image.metadata()
  // Two of them beside each other.
  const dot = Math.max(1, Math.floor(width / 2 / ((text.length + 4) * (columns + 1))))
  const tile = tileOf(text, dot)
  const overlays = width >= tile.raw.width ? [{ ...tile, tile: true }] : []
  return image
    .composite(overlays.map(({ data, raw, tile: isTiled }) => ({ input: data, raw, tile: isTiled })))
    .jpeg({ quality: 85 })
    .toBuffer()
}

/** Grey dots, transparent around: the text, and below it once more, shifted by half. */
function tileOf(text: string, dot: number) {
  const letterWidth = (columns + 1) * dot
  const raw = { width: (text.length + 4) * letterWidth, height: 6 * rows * dot, channels: 4 as const }
  const data = Buffer.alloc(raw.width * raw.height * raw.channels)
  const draw = (fromX: number, fromY: number) => {
    for (const [at, letter] of [...text].entries()) {
      for (const [row, bits] of [...(glyphs.get(letter) ?? '77777')].entries()) {
        for (let column = 0; column < columns; column++) {
          if (((Number(bits) >> (columns - 1 - column)) & 1) === 0) continue
          for (let n = 0; n < dot * dot; n++) {
            const x = (fromX + at * letterWidth + column * dot + (n % dot)) % raw.width
            const y = fromY + row * dot + Math.floor(n / dot)
            data.writeUInt32BE((0x80_80_80_00 | opacity) >>> 0, (y * raw.width + x) * raw.channels)
          }
        }
      }
    }
  }
  draw(0, rows * dot)
  draw(Math.floor(raw.width / 2), 4 * rows * dot)
  return { data, raw }
}
