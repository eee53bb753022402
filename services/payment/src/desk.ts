// How many payments are worked on at once. Beyond it the answer is no, at once and before anything is stored: who waits
// in a line that only grows hears too late, and those before them as well.
import { Problem } from '@bahi/contracts/problem.ts'

const retryAfterS = 1

export type Desk = {
  /** Takes a place and gives it back, once, by what it returns. Throws `overloaded` when there is none. */
  enter(): () => void
  /** Places that are taken. */
  taken(): number
}

export function createDesk(places: number): Desk {
  let taken = 0
  return {
    enter() {
      if (taken >= places)
        throw new Problem('overloaded', 'nothing was paid: send the same payment again shortly', {
          retryAfterS,
        })
      taken += 1
      let left = false
      return () => {
        if (!left) taken -= 1
        left = true
      }
    },
    taken: () => taken,
  }
}
