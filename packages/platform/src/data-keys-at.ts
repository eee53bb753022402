// The data keys for a command that works on a database: from the settings, or those of `npm start`.
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { keysFromJson, type DataKeySource } from '@bahi/kit/crypto/data-keys.ts'
import { secretOf } from '@bahi/kit/runtime/config.ts'
import { secretsIn } from './secrets.ts'

/** For a database by URL those of `BAHI_DATA_KEYS` or its file. Throws when there are none, or no data. */
export async function dataKeysAt({
  database,
  data,
}: {
  database?: string
  data: string
}): Promise<DataKeySource> {
  if (database ?? secretOf('DATABASE_ADMIN_URL', process.env)) {
    const json = secretOf('BAHI_DATA_KEYS', process.env)
    if (json) return keysFromJson(json)
    throw new Error('which data keys? BAHI_DATA_KEYS or BAHI_DATA_KEYS_FILE')
  }
  const { dataKeys } = await secretsIn(existingData(data))
  return (service) => dataKeys[service]
}

/** The folder of `npm start`. Throws when there is no data in it. */
export function existingData(data: string): string {
  const folder = resolve(data)
  if (!existsSync(join(folder, 'postgres')))
    throw new Error(`there is no data in ${folder}: npm start makes some`)
  return folder
}
