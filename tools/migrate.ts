// Brings the database up to date, as its owner: run before a new version of the services starts.
import { reasonOf } from '@bahi/kit/outages.ts'
import { secretOf } from '@bahi/kit/runtime/config.ts'
import { migrate } from '@bahi/kit/sql/migrate.ts'
import { exitWith, parseArguments } from '@bahi/platform/arguments.ts'
import { schemasOf } from '@bahi/platform/services.ts'

const help = `npm run migrate -- --database <url>

Makes the schema and the role of each service, applies the migrations that are missing, and applies SQL functions and
views that changed. The role bahi_reporting reads every schema.

  --database <url>   PostgreSQL 18 or newer, as a role that may create roles and schemas (or DATABASE_ADMIN_URL)
  --sandbox          the sandbox's schema too, for a platform without a real network
  --help             this text

The password of a service's role is read from BAHI_<SERVICE>_PASSWORD, that of bahi_reporting from
BAHI_REPORTING_PASSWORD: without it that role's password stays as it is. Each of these, and DATABASE_ADMIN_URL, may be
given as a file: BAHI_USER_PASSWORD_FILE.
Ends with 0 when it was done, with 1 when the database could not be migrated, with 78 when a setting is missing.`

const { values } = parseArguments(help, { database: { type: 'string' }, sandbox: { type: 'boolean' } })
const passwordName = (service: string) => `BAHI_${service.toUpperCase()}_PASSWORD`
const faults: string[] = []
const secret = (name: string): string | undefined => {
  try {
    return secretOf(name, process.env)
  } catch (error) {
    faults.push((error as Error).message)
    return 'unreadable'
  }
}
const schemas = schemasOf((service) =>
  service === 'sandbox' && !values.sandbox ? '' : (secret(passwordName(service)) ?? ''),
).filter(({ name }) => name !== 'sandbox' || values.sandbox)
const url = values.database ?? secret('DATABASE_ADMIN_URL')
const reportingPassword = secret('BAHI_REPORTING_PASSWORD')
const missing = schemas.filter(({ password }) => !password).map(({ name }) => passwordName(name))
if (!url || missing.length + faults.length > 0) {
  faults.push(...missing.map((name) => `${name} is missing`))
  exitWith(
    [...(url ? [] : ['which database? --database <url> or DATABASE_ADMIN_URL']), ...faults].join('\n'),
    78,
  )
}

try {
  const applied = await migrate(url, schemas, reportingPassword ? { reportingPassword } : {})
  for (const name of applied) console.log(`applied ${name}`)
  console.log(
    applied.length === 0 ? 'nothing to do: the database is up to date' : `${applied.length} applied`,
  )
} catch (error) {
  exitWith(`not migrated: ${reasonOf(error)}`, 1)
}
