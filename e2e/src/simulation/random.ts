// Repeatable randomness: each stream of decisions has its own sequence, so that none shifts another.

export type Random = {
  /** From 0 up to, not including, 1. */
  next(): number
  chance(probability: number): boolean
  /** A whole number; both ends are possible. */
  between(least: number, most: number): number
  pick<T>(from: readonly T[]): T
  fill(bytes: Uint8Array): void
}

/** The stream of that name under a seed; the same two give the same sequence. */
export function randomOf(seed: number, stream: string): Random {
  let [a, b, c, d] = [hash(`${seed} ${stream}`, 1), hash(stream, seed), 0x9e3779b9, 1]
  function word(): number {
    const sum = (((a + b) | 0) + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return sum >>> 0
  }
  for (let i = 0; i < 15; i++) word()
  const next = () => word() / 4_294_967_296
  return {
    next,
    chance: (probability) => next() < probability,
    between: (least, most) => least + Math.floor(next() * (most - least + 1)),
    pick: (from) => from[Math.floor(next() * from.length)]!,
    fill: (bytes) => {
      for (let i = 0; i < bytes.length; i++) bytes[i] = word() & 0xff
    },
  }
}

function hash(text: string, start: number): number {
  let h = start | 0
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x5bd1e995) ^ (h >>> 13)
  return h | 0
}
