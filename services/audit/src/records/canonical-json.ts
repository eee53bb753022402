// Canonical JSON, RFC 8785: one text for one value, with sorted keys and no space.

/** Throws for values that are not JSON: infinite numbers, lone surrogates, functions. Leaves undefined members out. */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) throw new TypeError('a lone surrogate has no canonical form')
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
  return `[${Array.from(items, canonicalJson).join(',')}]`
}

// Sorted by UTF-16 code units, as RFC 8785 requires and `sort` does.
function objectText(object: Record<string, unknown>): string {
  const members = Object.entries(object)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${canonicalJson(key)}:${canonicalJson(value)}`)
  return `{${members.join(',')}}`
}
