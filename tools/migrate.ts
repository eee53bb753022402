// Brings the database up to date, as its owner: run before a new version of the services starts.
import { parseArgs } from 'node:util'
import { migrate } from '@bahi/kit/sql/migrate.ts'
import { schemasOf } from '@bahi/platform/services.ts'

const help = `npm run migrate -- --database <url>

Makes the schema and the role of each service, applies the migrations that are missing, and applies SQL functions and
views that changed. The role bahi_reporting reads every schema.

  --database <url>   PostgreSQL, as a role that may create roles and schemas (or DATABASE_ADMIN_URL)
  --help             this text

The password of a service's role is read from BAHI_<SERVICE>_PASSWORD, that of bahi_reporting from
BAHI_REPORTING_PASSWORD: without it that role's password stays as it is.`

const { values } = parseArgs({ options: { database: { type: 'string' }, help: { type: 'boolean' } } })
if (values.help) {
  console.log(help)
  process.exit(0)
}
const url = values.database ?? process.env['DATABASE_ADMIN_URL']
const missing = schemasOf(() => '')
  .map((schema) => `BAHI_${schema.name.toUpperCase()}_PASSWORD`)
  .filter((name) => !process.env[name])
if (!url || missing.length > 0) {
  if (!url) console.error('which database? --database <url> or DATABASE_ADMIN_URL')
  for (const name of missing) console.error(`${name} is missing`)
  process.exit(78)
}
const applied = await migrate(
  url,
  schemasOf((service) => process.env[`BAHI_${service.toUpperCase()}_PASSWORD`] ?? ''),
  process.env['BAHI_REPORTING_PASSWORD'] ? { reportingPassword: process.env['BAHI_REPORTING_PASSWORD'] } : {},
)
for (const name of applied) console.log(`applied ${name}`)
console.log(applied.length === 0 ? 'nothing to do: the database is up to date' : `${applied.length} applied`)
