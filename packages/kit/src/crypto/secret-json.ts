// Reads settings and files that hold a key.

/** JSON that may be secret. `JSON.parse` would quote it in its error: what this throws names `what` alone. */
export function secretJson<T>(what: string, text: string): T {
  try {
    return JSON.parse(text) as T
  } catch {
    throw new Error(`${what} is not JSON`)
  }
}
