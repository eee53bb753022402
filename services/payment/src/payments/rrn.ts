// Retrieval reference numbers: twelve digits, unique for each day, not guessable from each other.
import { createCipheriv } from 'node:crypto'
import type { Seal } from '@bahi/kit/crypto/seal.ts'

const istMs = 330 * 60_000
const dayMs = 86_400_000

/** Numbers in a day: 11,574 a second. The sequence that they come from has as many. */
export const rrnsPerDay = 1_000_000_000
const dayCycle = 1_000

/** A Feistel network over 30 bits, as two halves of 15. */
const halfBits = 15
const halfMask = (1 << halfBits) - 1
/** As many as FF1 has (NIST SP 800-38G). */
const rounds = 10

export type RrnOf = (at: Date, sequence: number) => string

/**
 * Three digits name the day of India, counted from 1970 modulo 1,000; nine are the position of `sequence` in a secret
 * permutation of all of them, another one each day. So an RRN is unique for its day as long as `sequence` is unique
 * among the last billion, says nothing of how many payments there are, and does not lead to the ones next to it.
 * UPI asks for twelve digits, unique with their date (`docs/upi.md`); `YDDDHH` and six digits is common use and would
 * repeat after a million an hour.
 *
 * The round functions are tables of random numbers, the key stream of AES-256 in counter mode under the day's key: a
 * table for each round makes a number cost nanoseconds. Numbers beyond a billion are permuted again until one is not
 * (cycle walking), 1.07 rounds on average.
 */
export function createRrnOf(seal: Pick<Seal, 'fingerprint'>): RrnOf {
  let current: { day: number; tables: Uint16Array } = { day: -1, tables: new Uint16Array() }
  return (at, sequence) => {
    const day = Math.floor((at.getTime() + istMs) / dayMs)
    if (day !== current.day)
      current = { day, tables: roundTables(seal.fingerprint(String(day), 'payment.rrn')) }
    let number = sequence
    do number = permute(current.tables, number)
    while (number >= rrnsPerDay)
    return String(day % dayCycle).padStart(3, '0') + String(number).padStart(9, '0')
  }
}

function roundTables(key: Buffer): Uint16Array {
  const entries = rounds << halfBits
  const stream = createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(entries * 2))
  return new Uint16Array(stream.buffer, stream.byteOffset, entries).slice()
}

function permute(tables: Uint16Array, number: number): number {
  let left = number >>> halfBits
  let right = number & halfMask
  for (let round = 0; round < rounds; round++) {
    const mixed = left ^ (tables[(round << halfBits) | right]! & halfMask)
    left = right
    right = mixed
  }
  return (left << halfBits) | right
}
