// Digits as people type and paste them: of every script, with marks around them that nobody sees.

/** Every Unicode decimal digit as `0` to `9`; everything else as it is. */
export function asciiDigits(text: string): string {
  return text.replaceAll(/\p{Nd}/gu, (digit) => String(valueOf(digit)))
}

/** The digits of a script follow each other from its zero on; scripts that touch each other have ten each. */
function valueOf(digit: string): number {
  const own = digit.codePointAt(0)!
  let first = own
  while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first--
  return (own - first) % 10
}

/**
 * Without what does not show: joiners, byte order marks, and the isolates and marks of direction that a phone's address
 * book puts around a number.
 */
export function withoutInvisible(text: string): string {
  return text.replaceAll(/[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, '')
}

/** What is left of anything typed or pasted when only digits count, as ASCII. */
export function digitsIn(text: string): string {
  return asciiDigits(text).replaceAll(/[^0-9]/g, '')
}

/**
 * The one code of `length` digits in a text: `482913`, `482 913`, a whole message. Undefined when there is none, or
 * two different ones: which is meant is the person's to say.
 */
export function codeIn(text: string, length: number): string | undefined {
  const ascii = asciiDigits(withoutInvisible(text))
  const only = (found: string[]) => (new Set(found).size === 1 ? found[0] : undefined)
  const runs = (ascii.match(/[0-9]+/g) ?? []).filter((run) => run.length === length)
  if (runs.length > 0) return only(runs)
  // In groups, as messages write it: of three, or one by one.
  const grouped = ascii.match(/(?<![0-9])(?<![0-9][\s\p{Pd}])[0-9]+(?:[\s\p{Pd}][0-9]+)+/gu) ?? []
  return only(grouped.map(digitsIn).filter((run) => run.length === length))
}
