// Seals personal data again under the current data keys, and proves that nothing is left under older ones.
import { join } from 'node:path'
import type { DataKeySource } from '@bahi/kit/crypto/data-keys.ts'
import { secretOf } from '@bahi/kit/runtime/config.ts'
import { ownerOf } from '@bahi/kit/sql/embedded-postgres.ts'
import { parseArguments } from '@bahi/platform/arguments.ts'
import { dataKeysAt, existingData } from '@bahi/platform/data-keys-at.ts'
import { databaseAt, databaseOptions } from '@bahi/platform/local-database.ts'
import { isComplete, resealAll } from '@bahi/platform/reseal.ts'
import { addDataKeys } from '@bahi/platform/secrets.ts'

const help = `npm run reseal -- [--database <url>] [--rotate]

Seals every value that is under an older data key under the current one, while the platform runs, and counts the values
under each key. It ends with status 1 when a value does not open or is still under an older key: run it again once no
process seals under that key any more. An older key may be removed when nothing is under it.
Blobs (BAHI_BLOBS) are neither sealed again nor counted: where there are some, keep their keys.

  --database <url>   PostgreSQL, as the owner of the schemas (or DATABASE_ADMIN_URL); data keys are then read from
                     BAHI_DATA_KEYS or BAHI_DATA_KEYS_FILE, with those of every service that seals
  --data <folder>    without a database: that of npm start, default .bahi
  --rotate           of npm start, which must be stopped: first makes a new current key for each service
  --help             this text`

const { values } = parseArguments(help, { ...databaseOptions, rotate: { type: 'boolean' } })

try {
  const dataKeys = await dataKeysOf()
  const { url, close } = await databaseAt(values)
  const results = await resealAll(url, dataKeys).finally(close)
  for (const { service, column, changed, byKey, unopened } of results) {
    const counts = Object.entries(byKey).map(([id, count]) => `${count} under ${id}`)
    const name = `${service}.${column.table}.${column.column}`
    console.log(`${name}: ${changed} sealed again; ${counts.join(', ') || 'no values'}`)
    for (const row of unopened) console.error(`${name}: the value of ${row} does not open`)
  }
  if (!isComplete(results)) throw new Error('not every value is under its current key: see above')
} catch (error) {
  console.error((error as Error).message)
  process.exit(1)
}

async function dataKeysOf(): Promise<DataKeySource> {
  if (!values.rotate) return dataKeysAt(values)
  if (values.database ?? secretOf('DATABASE_ADMIN_URL', process.env))
    throw new Error('--rotate is for the data of npm start: elsewhere add a key to your settings')
  const folder = existingData(values.data)
  if ((await ownerOf(join(folder, 'postgres'))) !== undefined)
    throw new Error('the platform runs with the keys it was started with: stop it first')
  await addDataKeys(folder)
  return dataKeysAt(values)
}
