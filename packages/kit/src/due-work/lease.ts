// What every lease and every try again has in common, also where the row itself is the work item.

/** A growing wait: the first one after one attempt, doubled with each further one. */
export function backoffMs(attempts: number, { firstMs = 1_000, maxMs = 5 * 60_000 } = {}): number {
  return Math.min(firstMs * 2 ** Math.min(Math.max(attempts, 1) - 1, 30), maxMs)
}

/** When a lease that begins now expires. */
export function leaseUntil(now: Date, leaseMs: number): Date {
  return new Date(now.getTime() + leaseMs)
}
