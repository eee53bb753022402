// Seals the personal data of every service under its current data key.
import type { DataKeySource } from '@bahi/kit/crypto/data-keys.ts'
import { resealSchema, type Resealed } from '@bahi/kit/crypto/reseal.ts'
import { createSeal } from '@bahi/kit/crypto/seal.ts'
import { connect } from '@bahi/kit/sql/sql.ts'
import { services } from './services.ts'

export type ResealedColumn = Resealed & {
  service: string
  /** The id of the service's current key. */
  current: string
}

/** @param adminUrl the owner's. Throws when a service that seals has no data keys. */
export async function resealAll(adminUrl: string, dataKeys: DataKeySource): Promise<ResealedColumn[]> {
  const sql = connect(adminUrl, { max: 1, name: 'bahi-reseal' })
  const results: ResealedColumn[] = []
  try {
    for (const { name, sealed } of services) {
      if (!sealed) continue
      const keys = await dataKeys(name)
      if (!keys) throw new Error(`there are no data keys of ${name}`)
      const resealed = await resealSchema(sql, {
        schema: name,
        seal: createSeal(name, keys),
        columns: sealed,
      })
      results.push(...resealed.map((result) => ({ ...result, service: name, current: keys.current })))
    }
    return results
  } finally {
    await sql.end()
  }
}

/** True when every value is under its service's current key. */
export function isComplete(results: ResealedColumn[]): boolean {
  return results.every(
    ({ unopened, byKey, current }) =>
      unopened.length === 0 && Object.keys(byKey).every((id) => id === current),
  )
}
