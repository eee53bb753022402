// One incarnation of a process, from a start to a crash: after the crash nothing that it still does has an effect.
export type Incarnation = {
  /** Its process group, such as `payment` or `payment-path`; or `client`. */
  process: string
  /** `payment.2`: the second incarnation. */
  name: string
  dead: boolean
  /** Resolves at the end. */
  ended: Promise<void>
  /** Crashes, as by `kill -9`: what the caller awaits afterwards never resolves. */
  die(): void
}

export function newIncarnation(
  process: string,
  name: string,
  atEnd: () => void = () => undefined,
): Incarnation {
  const end = Promise.withResolvers<void>()
  const incarnation: Incarnation = {
    process,
    name,
    dead: false,
    ended: end.promise,
    die() {
      if (incarnation.dead) return
      incarnation.dead = true
      end.resolve()
      atEnd()
    },
  }
  return incarnation
}

/** What a crashed incarnation gets for an answer. */
export function never<T>(): Promise<T> {
  return new Promise<T>(() => undefined)
}

/** The result of `work`, unless the incarnation that waits for it has crashed meanwhile. */
export async function unlessDead<T>(incarnation: Incarnation, work: Promise<T>): Promise<T> {
  try {
    const value = await work
    return incarnation.dead ? await never<T>() : value
  } catch (error) {
    if (incarnation.dead) return never<T>()
    throw error
  }
}
