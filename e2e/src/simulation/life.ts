// The life of one incarnation of a service: once it has ended, nothing that it still does has an effect.
import type { ServiceName } from '@bahi/contracts/contract.ts'

export type Life = {
  service: ServiceName | 'client'
  /** `payment.2`: the second incarnation. */
  name: string
  dead: boolean
  /** Resolves at the end. */
  ended: Promise<void>
  /** As by `kill -9`. What the caller awaits afterwards never comes. */
  die(): void
}

export function newLife(service: Life['service'], name: string, atEnd: () => void = () => undefined): Life {
  const end = Promise.withResolvers<void>()
  const life: Life = {
    service,
    name,
    dead: false,
    ended: end.promise,
    die() {
      if (life.dead) return
      life.dead = true
      end.resolve()
      atEnd()
    },
  }
  return life
}

/** What the dead get for an answer. */
export function never<T>(): Promise<T> {
  return new Promise<T>(() => undefined)
}

/** Passes on what comes of `work`, unless the one who waits for it is dead by then. */
export async function aliveStill<T>(life: Life, work: Promise<T>): Promise<T> {
  try {
    const value = await work
    return life.dead ? await never<T>() : value
  } catch (error) {
    if (life.dead) return never<T>()
    throw error
  }
}
