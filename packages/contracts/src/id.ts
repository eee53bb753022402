// UUIDv7 (RFC 9562): ids that sort by the time they were made, on both ends of a wire.

const hex = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'))

/** Random source as a seam; the default is the platform's cryptographic one. */
export type FillRandom = (bytes: Uint8Array) => void
/** Drawn by the page, since each draw costs as much as a page does; what was given away is wiped. */
const pool = new Uint8Array(2_048)
let used = pool.length
const platformRandom: FillRandom = (bytes) => {
  if (used + bytes.length > pool.length) {
    crypto.getRandomValues(pool)
    used = 0
  }
  bytes.set(pool.subarray(used, used + bytes.length))
  pool.fill(0, used, used + bytes.length)
  used += bytes.length
}

export function uuidv7(nowMs: number = Date.now(), fillRandom: FillRandom = platformRandom): string {
  const b = new Uint8Array(16)
  fillRandom(b)
  let rest = nowMs
  for (let i = 5; i >= 0; i--) {
    b[i] = rest % 256
    rest = Math.floor(rest / 256)
  }
  b[6] = 0x70 | (b[6]! & 0x0f)
  b[8] = 0x80 | (b[8]! & 0x3f)
  let out = ''
  for (let i = 0; i < 16; i++) {
    out += hex[b[i]!]
    if (i === 3 || i === 5 || i === 7 || i === 9) out += '-'
  }
  return out
}

/** The least one of that time: ids made from then on sort after it. */
export const firstIdAt = (ms: number): string => uuidv7(ms, (bytes) => bytes.fill(0))

/** The time in a UUIDv7, in milliseconds since 1970. */
export function uuidv7TimeMs(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** In lower case, as all ids are written here. */
export const isUuid = (text: string): boolean => uuid.test(text)
