// How like two names of a person are, of 100: a hint for the reviewer, who decides.

/** Words before or between names that are no part of them. */
const titles = new Set('mr mrs ms miss dr smt shri sri kumari km prof late so do wo co'.split(' '))

/** Spellings of one sound in names of India written in Latin: `Lakshmi`, `Laxmi`; `Choudhary`, `Chaudhari`. */
const spellings: [RegExp, string][] = [
  [/ksh|x/g, 'ks'],
  [/ph/g, 'f'],
  [/ch+/g, 'c'],
  [/sh/g, 's'],
  [/([bdgjkt])h/g, '$1'],
  [/w/g, 'v'],
  [/z/g, 'j'],
  [/q/g, 'k'],
  [/ee|y/g, 'i'],
  [/oo|ou/g, 'u'],
  [/au/g, 'u'],
  [/(.)\1+/g, '$1'],
]

export function wordsOf(name: string): string[] {
  return (
    name
      .normalize('NFKD')
      .toLowerCase()
      // Accents of Latin; in scripts of India the marks are vowels.
      .replaceAll(/(?<=[a-z])\p{Mn}+/gu, '')
      .replaceAll(/\b([swdc])\/o\b/g, ' ')
      .split(/[^\p{L}\p{M}\p{Nd}]+/u)
      .filter((word) => word !== '' && !titles.has(word))
  )
}

export const soundOf = (word: string) =>
  spellings.reduce((text, [from, to]) => text.replaceAll(from, to), word)

/** 0 to 1. */
function likeness(a: string, b: string): number {
  if (a === b) return 1
  const [short, long] = a.length < b.length ? [a, b] : [b, a]
  if ([...short].length === 1) return long.startsWith(short) ? 0.9 : 0
  const [x, y] = [soundOf(a), soundOf(b)]
  if (x === y) return 0.96
  const part = 1 - distance(x, y) / Math.max(x.length, y.length)
  return part >= 0.7 ? part * 0.95 : 0
}

/** Levenshtein. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + Number(a[i - 1] !== b[j - 1])))
    row = next
  }
  return row[b.length]!
}

/** A word that only one of them has counts so much of a word, once two others are alike: a middle name left out. */
const extraWeight = 0.3

/**
 * 0 to 100: words in any order, initials for words, spellings of one sound. 100 is the same words. Names in two scripts
 * have 0: nothing is known then.
 */
export function nameScore(one: string, other: string): number {
  const [a, b] = [wordsOf(one), wordsOf(other)]
  if (a.length === 0 || b.length === 0) return 0
  if (a.join('') === b.join('')) return a.length === b.length ? 100 : 97
  const pairs = a
    .flatMap((x, i) => b.map((y, j) => ({ i, j, like: likeness(x, y) })))
    .filter(({ like }) => like > 0)
    .sort((p, q) => q.like - p.like)
  const [usedA, usedB] = [new Set<number>(), new Set<number>()]
  let sum = 0
  let whole = 0
  for (const { i, j, like } of pairs) {
    if (usedA.has(i) || usedB.has(j)) continue
    usedA.add(i)
    usedB.add(j)
    sum += like
    if (a[i]!.length > 1 && b[j]!.length > 1) whole += 1
  }
  // Initials alone are nobody's name.
  if (whole === 0) return 0
  const matched = usedA.size
  const extra = a.length + b.length - 2 * matched
  const weight = matched >= 2 ? extraWeight : 1
  return Math.round((100 * 2 * sum) / (2 * matched + extra * weight))
}
