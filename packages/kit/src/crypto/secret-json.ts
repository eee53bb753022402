// Reads settings and files that hold a key.
import type { JWK } from 'jose'

/** In one setting: two are enough to replace a key. */
export const maxListedKeys = 4

/** JSON that may be secret. `JSON.parse` would quote it in its error: what this throws names `what` alone. */
export function secretJson<T>(what: string, text: string): T {
  try {
    return JSON.parse(text) as T
  } catch {
    throw new Error(`${what} is not JSON`)
  }
}

/** One key, or a list of them while it is replaced. */
export const listedKeys = (what: string, text: string): JWK[] => [secretJson<JWK | JWK[]>(what, text)].flat()
