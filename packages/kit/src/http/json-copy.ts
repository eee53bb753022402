// What a value becomes when it is sent as JSON: a copy for the receiver, without the text in between.
import { Problem } from '@bahi/contracts/problem.ts'

/** Why a text is refused: the database cannot store it. */
export const forbiddenText = {
  nul: 'a text has no character of number 0',
  surrogate: 'a text has no half of a character',
} as const

/** An escape of the first half without the second one, or the other way round. */
const loneSurrogate =
  /\\u[dD][89abAB][\da-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][\da-fA-F]{2})\\u[dD][c-fC-F][\da-fA-F]{2}/

/** Why a JSON text is refused before it is parsed. */
export function refusalOfJson(text: string): Problem | undefined {
  if (text.includes('\\u0000')) return new Problem('request-invalid', forbiddenText.nul)
  if (loneSurrogate.test(text)) return new Problem('request-invalid', forbiddenText.surrogate)
  return undefined
}

/** Throws `request-invalid` for a text that the database cannot store. */
export function checkText(text: string): string {
  if (text.includes('\0')) throw new Problem('request-invalid', forbiddenText.nul)
  if (!text.isWellFormed()) throw new Problem('request-invalid', forbiddenText.surrogate)
  return text
}

export function tooLarge(limitBytes: number): Problem {
  return new Problem('body-too-large', `a body may have ${limitBytes} bytes at most`)
}

/** Bytes that one character can take in JSON at most: `\u001f`. */
const maxBytesPerCharacter = 6

/**
 * Equal to `JSON.parse(JSON.stringify(value))`: undefined members are left out, dates become text. Throws what reading
 * that JSON would throw: `request-invalid`, or `body-too-large` above the limit.
 */
export function jsonCopy(value: unknown, limitBytes: number): unknown {
  const size = { characters: 0 }
  const copy = copyOf(value, size)
  if (size.characters * maxBytesPerCharacter > limitBytes) {
    if (Buffer.byteLength(JSON.stringify(copy)) > limitBytes) throw tooLarge(limitBytes)
  }
  return copy
}

function copyOf(value: unknown, size: { characters: number }): unknown {
  switch (typeof value) {
    case 'string':
      size.characters += value.length + 3
      return checkText(value)
    case 'number':
      size.characters += 5
      // As JSON writes -0 and what is not finite.
      return Number.isFinite(value) ? value + 0 : null
    case 'boolean':
      size.characters += 2
      return value
    case 'object':
      return value === null ? null : copyOfObject(value, size)
    case 'bigint':
      throw new TypeError('a bigint cannot be sent as JSON')
    default:
      return undefined
  }
}

function copyOfObject(value: object, size: { characters: number }): unknown {
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    return copyOf((value.toJSON as () => unknown).call(value), size)
  }
  size.characters += 2
  if (Array.isArray(value)) return value.map((item) => copyOf(item, size) ?? null)
  const copy: Record<string, unknown> = {}
  for (const name of Object.keys(value)) {
    if (name === '__proto__') throw new Problem('request-invalid', 'the body is no JSON')
    // eslint-disable-next-line bahi/own-keys -- one of its own keys
    const member = copyOf((value as Record<string, unknown>)[name], size)
    if (member === undefined) continue
    size.characters += name.length + 4
    copy[checkText(name)] = member
  }
  return copy
}
