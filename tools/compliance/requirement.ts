// What a requirement of a standard or a regulator is as data, and how rows are written.
import type { Permission } from '@bahi/contracts/permissions.ts'

/**
 * What an assessor can look at. `test`: a file and words of a test's name in it; `doc`: a document and a heading of it;
 * `evidence`: a file that `npm run evidence` collects.
 * `compliance.test.ts` holds that each of them exists.
 */
export type Reference =
  | `file:${string}`
  | `test:${string}#${string}`
  | `doc:${string}`
  | `command:${string}`
  | `setting:${string}`
  | `permission:${Permission}`
  | `metric:${string}`
  | `alert:${string}`
  | `workflow:${string}`
  | `evidence:${string}`

/** `met`: by the software. `shared`: it does a part, the operator the rest. `gap`: not, or not all of it. */
export type State = 'met' | 'shared' | 'gap' | 'operator'

export type Requirement = {
  /** As its source numbers it. */
  id: string
  /** What it asks for, in few words of our own. */
  asks: string
  state: State
  /** What the software does; of an operator's, what there is to help. */
  does: string
  where: readonly Reference[]
  proof: readonly Reference[]
  /** What is left to the operator, or what is missing and what to do about it. */
  left?: string
}

type References = readonly Reference[]

/** @param path of the test's file, without its ending; @param title words of the test's name */
export const test = (path: string, title: string, ending: 'ts' | 'tsx' = 'ts'): Reference =>
  `test:${path}.test.${ending}#${title}`

export const met = (
  id: string,
  asks: string,
  does: string,
  where: References,
  proof: References,
): Requirement => ({ id, asks, state: 'met', does, where, proof })

const withRest =
  (state: 'shared' | 'gap') =>
  (
    id: string,
    asks: string,
    does: string,
    where: References,
    proof: References,
    left: string,
  ): Requirement => ({ id, asks, state, does, where, proof, left })

export const shared = withRest('shared')
export const gap = withRest('gap')

export const operators = (id: string, asks: string, does = '', where: References = []): Requirement => ({
  ...{ id, asks, state: 'operator', does, where, proof: [] },
})

export type Standard = {
  title: string
  /** Which text, of when, and whom it concerns. */
  about: string
  requirements: readonly Requirement[]
}
