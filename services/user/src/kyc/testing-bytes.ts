// For tests: what hostile files are made of, and how a page that is kept is judged.
import { constants, crc32, deflateSync } from 'node:zlib'

/** From 0 up to, not including, 1. */
export type Random = () => number

/** What files hide; no page that is kept contains it. */
export const mark = 'bahi-smuggled-7f3e'

const mebibyte = 1_048_576
let block: Buffer | undefined
/** A zlib stream of about a thousandth of what it unpacks to. */
export function zerosDeflated(mebibytes: number): Buffer {
  // Ends at a byte, so that it can be repeated; the first two bytes begin the stream.
  block ??= deflateSync(Buffer.alloc(mebibyte), { level: 9, finishFlush: constants.Z_FULL_FLUSH }).subarray(2)
  const adler = Buffer.alloc(4)
  adler.writeUInt32BE((((mebibytes * mebibyte) % 65_521) * 65_536 + 1) >>> 0)
  const end = Buffer.from([0x03, 0x00])
  return Buffer.concat([
    Buffer.from([0x78, 0xda]),
    ...Array.from({ length: mebibytes }, () => block!),
    end,
    adler,
  ])
}

export function pngChunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}

export const pngMagic = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

/** @param side pixels of both sides */
export function pngHeader(side: number, depth: number, colour: number, interlaced = 0): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(side, 0)
  header.writeUInt32BE(side, 4)
  header.set([depth, colour, 0, 0, interlaced], 8)
  return pngChunk('IHDR', header)
}

/** With a chunk after its header. */
export function withPngChunk(png: Buffer, type: string, data: Uint8Array): Buffer {
  const at = pngMagic.length + 25
  return Buffer.concat([png.subarray(0, at), pngChunk(type, data), png.subarray(at)])
}

/** With a segment of a JPEG after its start. */
export function withSegment(jpeg: Buffer, marker: number, data: Uint8Array): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0])
  head.writeUInt16BE(data.length + 2, 2)
  return Buffer.concat([jpeg.subarray(0, 2), head, data, jpeg.subarray(2)])
}

/** Where each segment of a JPEG begins, up to the first picture data. */
export function segmentsOf(jpeg: Uint8Array): { marker: number; at: number; length: number }[] {
  const found: { marker: number; at: number; length: number }[] = []
  let at = 2
  while (at + 4 <= jpeg.length && jpeg[at] === 0xff) {
    const marker = jpeg[at + 1]!
    const length = 2 + jpeg[at + 2]! * 256 + jpeg[at + 3]!
    found.push({ marker, at, length })
    if (marker === 0xda) break
    at += length
  }
  return found
}

/** JFIF, tables, frame, restart interval, scan: what a picture needs. */
const needed = new Set([0xe0, 0xdb, 0xc0, 0xc4, 0xdd, 0xda])

/** What is wrong with a page that is kept: anything but one plain JPEG, to its last byte. */
export function pageFaults(page: Uint8Array): string[] {
  const faults: string[] = []
  if (page[0] !== 0xff || page[1] !== 0xd8) faults.push('it is no JPEG')
  const segments = segmentsOf(page)
  const last = segments.at(-1)
  for (const { marker, length } of segments) {
    if (!needed.has(marker)) faults.push(`it has a segment ${marker.toString(16)}`)
    if (marker === 0xe0 && length !== 18) faults.push('its JFIF segment has something beside')
  }
  if (last?.marker !== 0xda) faults.push('it has no picture')
  // In picture data each FF is followed by a zero or a restart; the first other marker has to be the end of all.
  let at = (last?.at ?? 0) + (last?.length ?? 0)
  for (; at < page.length; at++) {
    if (page[at] !== 0xff) continue
    const next = page[at + 1]!
    if (next !== 0 && !(next >= 0xd0 && next <= 0xd7)) break
  }
  if (page[at + 1] !== 0xd9 || at + 2 !== page.length) faults.push('something is after its picture')
  const text = Buffer.from(page).toString('latin1')
  for (const hidden of [mark, 'EICAR', '<script', '%PDF']) if (text.includes(hidden)) faults.push(hidden)
  return faults
}
