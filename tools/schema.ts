// Writes each service's schema.sql, which is what migration makes of an empty database, and freezes migrations.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '@bahi/kit/sql/embedded-postgres.ts'
import { migrate } from '@bahi/kit/sql/migrate.ts'
import { describeSchema, snapshotFile } from '@bahi/kit/sql/schema-snapshot.ts'
import { connect } from '@bahi/kit/sql/sql.ts'
import { parseArguments } from '@bahi/platform/arguments.ts'
import { schemasOf } from '@bahi/platform/services.ts'
import { frozenMigrations, lockFile } from './migrations-lock.ts'

const help = `npm run schema -- [--freeze]

Writes schema.sql of each service after a change of its migrations or its SQL.

  --freeze   before a release: writes down the migrations there are in migrations.lock; they cannot change any more
  --help     this text`

const { values } = parseArguments(help, { freeze: { type: 'boolean' } })
if (values.freeze) await writeFile(lockFile, await frozenMigrations())

const folder = await mkdtemp(join(tmpdir(), 'bahi-schema-'))
const postgres = await startPostgres({ dataDir: join(folder, 'postgres'), durable: false })
try {
  const schemas = schemasOf(() => 'unused')
  await migrate(postgres.adminUrl, schemas)
  const sql = connect(postgres.adminUrl, { max: 1 })
  for (const { name, migrations } of schemas) {
    await writeFile(snapshotFile(migrations), await describeSchema(sql, name))
    console.log(`wrote the schema of ${name}`)
  }
  await sql.end()
} finally {
  await postgres.stop()
  await rm(folder, { recursive: true })
}
