// One text for one JSON value, whoever writes it: keys sorted, no space, numbers and strings as RFC 8785 has them.

/** Throws for what is no JSON: numbers that are not finite, half characters, functions. Absent members stay absent. */
export function canonical(value: unknown): string {
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) throw new TypeError('half a character has no canonical form')
      return JSON.stringify(value)
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`${value} has no canonical form`)
      return JSON.stringify(value)
    case 'boolean':
      return String(value)
    case 'object':
      if (value === null) return 'null'
      return Array.isArray(value) ? arrayText(value) : objectText(value as Record<string, unknown>)
    default:
      throw new TypeError(`a ${typeof value} has no canonical form`)
  }
}

function arrayText(items: unknown[]): string {
  return `[${Array.from(items, canonical).join(',')}]`
}

// Sorted by UTF-16 code units, as RFC 8785 wants it and `sort` does it.
function objectText(object: Record<string, unknown>): string {
  const members = Object.keys(object)
    .filter((key) => object[key] !== undefined)
    .sort()
    .map((key) => `${canonical(key)}:${canonical(object[key])}`)
  return `{${members.join(',')}}`
}
