// One PostgreSQL for a test run: a temporary folder, a free port, no fsync; gone afterwards.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '@bahi/kit/sql/embedded-postgres.ts'
import { connect } from '@bahi/kit/sql/sql.ts'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /**
     * Of a role that may do everything: BAHI_TEST_POSTGRES, or a server of this run. Empty when BAHI_NO_POSTGRES=1: for
     * tests that need none.
     */
    postgresUrl: string
  }
}

export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (process.env['BAHI_NO_POSTGRES'] === '1') {
    project.provide('postgresUrl', '')
    return undefined
  }
  const given = process.env['BAHI_TEST_POSTGRES']
  if (given !== undefined) {
    project.provide('postgresUrl', given)
    return undefined
  }
  const folder = await mkdtemp(join(tmpdir(), 'bahi-test-'))
  // Databases live for seconds: nothing of theirs is worth a vacuum, nor a plan that is compiled.
  const settings = { autovacuum: 'off', jit: 'off' }
  const postgres = await startPostgres({ dataDir: join(folder, 'postgres'), durable: false, settings })
  // Tests connect thousands of times, and nothing here needs protection: passwords cost no work.
  const admin = connect(postgres.adminUrl, { max: 1 })
  await admin.unsafe(`alter role current_user set scram_iterations = 1`)
  await admin.end()
  project.provide('postgresUrl', postgres.adminUrl)
  return async () => {
    await postgres.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
