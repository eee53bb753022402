// A deliberate fault, and what must notice it.

export type Mutation = {
  name: string
  /** From the root of the tree. */
  file: string
  /** Stands exactly once in the file. */
  find: string
  replace: string
  /** Which test must fail: the simulation, or a file of tests. */
  caughtBy: 'simulation' | { test: string }
  /** What it breaks. */
  why: string
}
