// The time by the services' clock: ids and PIN blocks name it, and the clock of a device can be wrong by minutes.

/** What is known of how far the services' clock is ahead of ours, in milliseconds. */
type Bounds = { least: number; most: number }

const unknown: Bounds = { least: -Infinity, most: Infinity }
let bounds = unknown

export const forgetTime = () => void (bounds = unknown)

/**
 * Learns from the `date` of an answer, which has whole seconds and was written between these two times of ours. What
 * answers say together is known to less than a second. One that contradicts the others is of a clock that was set.
 */
export function learnTime({ headers }: Pick<Response, 'headers'>, sentMs: number, receivedMs: number): void {
  const date = Date.parse(headers.get('date') ?? '')
  // An answer that was stored on the way has the time of then.
  if (Number.isNaN(date) || !headers.get('cache-control')?.includes('no-store')) return
  const seen = { least: date - receivedMs, most: date + 1_000 - sentMs }
  const both = { least: Math.max(bounds.least, seen.least), most: Math.min(bounds.most, seen.most) }
  bounds = both.least <= both.most ? both : seen
}

/** Milliseconds since 1970 by the services' clock; by our own as long as that may be right. */
export function serverNow(): number {
  const { least, most } = bounds
  return Date.now() + (least <= 0 && most >= 0 ? 0 : Math.round((least + most) / 2))
}
