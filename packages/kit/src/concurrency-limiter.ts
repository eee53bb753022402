// Limits how many things are worked on at once. Beyond the limit the answer is an immediate refusal: in a queue that
// only grows, those who wait get their answer too late, and so do those before them.

export type ConcurrencyLimiter = {
  /** Takes a slot and returns its release, which counts once; undefined when no slot is free. */
  acquire(): (() => void) | undefined
  /** Slots in use. */
  inUse(): number
}

export function concurrencyLimiter(slots: number): ConcurrencyLimiter {
  let inUse = 0
  return {
    acquire() {
      if (inUse >= slots) return undefined
      inUse += 1
      let released = false
      return () => {
        if (!released) inUse -= 1
        released = true
      }
    },
    inUse: () => inUse,
  }
}
