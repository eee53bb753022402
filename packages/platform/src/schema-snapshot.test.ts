// What migrations and repeatable SQL make of each schema stands in its schema.sql: a change of one is a change of both.
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { describeSchema, snapshotFile } from '@bahi/kit/sql/schema-snapshot.ts'
import { testDatabase, type TestDatabase } from '@bahi/testing/database.ts'
import { schemasOf, services } from './services.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase(inject('postgresUrl'), services)
})
afterAll(() => database.drop())

it.each(schemasOf(() => ''))(
  'the schema of $name is the one in its schema.sql',
  async ({ name, migrations }) => {
    const written = await readFile(snapshotFile(migrations), 'utf8').catch(() => '')
    expect(await describeSchema(database.admin, name), 'npm run schema writes it anew').toBe(written)
  },
)
