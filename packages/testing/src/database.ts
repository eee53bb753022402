// For tests: a database of their own, cloned from a template with the services' schemas.
import { createHash, randomBytes } from 'node:crypto'
import type { ServiceName } from '@bahi/contracts/contract.ts'
import type { AnyService } from '@bahi/kit/runtime/service.ts'
import { migrate } from '@bahi/kit/sql/migrate.ts'
import { readSchemaFiles } from '@bahi/kit/sql/migration-files.ts'
import { connect, type Sql } from '@bahi/kit/sql/sql.ts'
import { pretendRows } from './pretended-rows.ts'
import { smallTables } from './small-tables.ts'

const password = 'test'

export type TestDatabase = {
  url(service: ServiceName): string
  /** As the role that made it. */
  adminUrl: string
  /** As the owner of everything, to look behind the services: name the schema, as in `auth.events`. */
  admin: Sql
  drop(): Promise<void>
}

/** Clones a template that holds the schemas of these services; makes the template when it is not there yet. */
export async function testDatabase(adminUrl: string, services: AnyService[]): Promise<TestDatabase> {
  const schemas = services.flatMap((s) =>
    s.migrations ? [{ name: s.name, migrations: s.migrations, password }] : [],
  )
  const root = connect(adminUrl, { max: 1 })
  const template = `template_${await digestOf(schemas)}`
  const name = `test_${randomBytes(6).toString('hex')}`
  await root`select pg_advisory_lock(6214471)`
  const [found] = await root`select 1 from pg_database where datname = ${template}`
  if (!found) {
    await root.unsafe(`create database ${template}`)
    await migrate(withDatabase(adminUrl, template), schemas)
    const rows = Number(process.env['BAHI_TEST_TABLE_ROWS'] ?? 0)
    if (rows > 0) await pretendRows(withDatabase(adminUrl, template), rows, Object.keys(smallTables))
  }
  await root.unsafe(`create database ${name} template ${template} strategy file_copy`)
  await root`select pg_advisory_unlock(6214471)`
  const ownUrl = withDatabase(adminUrl, name)
  const admin = connect(ownUrl, { max: 2 })
  return {
    adminUrl: ownUrl,
    url: (service) => withDatabase(adminUrl, name, `bahi_${service}`),
    admin,
    async drop() {
      await admin.end({ timeout: 5 })
      await root.unsafe(`drop database ${name} with (force)`)
      await root.end()
    },
  }
}

function withDatabase(adminUrl: string, database: string, role?: string): string {
  const url = new URL(adminUrl)
  url.pathname = `/${database}`
  if (role) {
    url.username = role
    url.password = password
  }
  return url.toString()
}

async function digestOf(schemas: { name: string; migrations: URL }[]): Promise<string> {
  const hash = createHash('sha256')
  for (const { name, migrations } of schemas) {
    const { migrations: numbered, repeatables } = await readSchemaFiles(migrations)
    for (const file of [...numbered.flat(), ...repeatables]) {
      hash.update(`${name}/${file.name} ${file.sha256}\n`)
    }
  }
  return hash.digest('hex').slice(0, 16)
}
