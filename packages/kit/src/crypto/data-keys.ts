// The keys that a service seals personal data with: each has an id, one of them is current, the others still open.
import { randomBytes } from 'node:crypto'
import Type, { type Static } from 'typebox'
import { Value } from 'typebox/value'
import { secretJson } from './secret-json.ts'

const Key = Type.String({ pattern: '^[A-Za-z0-9+/]{43}=$', description: '32 bytes in base64' })
const KeyId = Type.String({ pattern: '^[a-z0-9-]{1,32}$' })

const DataKeys = Type.Object(
  {
    /** The id of the key that new values are sealed under. */
    current: KeyId,
    keys: Type.Record(KeyId, Key),
    /** What sealed values are found by; it does not rotate: fingerprints stand in unique indexes. */
    fingerprintKey: Key,
  },
  { additionalProperties: false },
)
export type DataKeys = Static<typeof DataKeys>

/**
 * Where the data keys of a service come from; undefined when it has none. Another source, such as a KMS or an HSM that
 * unwraps them, is one more function of this type.
 */
export type DataKeySource = (service: string) => DataKeys | undefined | Promise<DataKeys | undefined>

/** @param json name of each service → its data keys, as in `BAHI_DATA_KEYS`. Throws when they are malformed. */
export function keysFromJson(json: string): DataKeySource {
  const parsed = parse(json)
  return (service) => (Object.hasOwn(parsed, service) ? parsed[service] : undefined)
}

function parse(json: string): Record<string, DataKeys> {
  const value = secretJson<unknown>('the text of the data keys', json)
  if (typeof value !== 'object' || value === null) throw new Error('the data keys are no JSON object')
  for (const [service, keys] of Object.entries(value)) {
    // Errors name no value: it may be a key.
    if (!Value.Check(DataKeys, keys)) throw new Error(`the data keys of ${service} are malformed`)
    if (!Object.hasOwn(keys.keys, keys.current))
      throw new Error(`the current data key of ${service} is not among its keys`)
  }
  return value as Record<string, DataKeys>
}

export function newDataKeys(): DataKeys {
  return withNewKey({ keys: {}, fingerprintKey: random() })
}

/** The same with one more key, which is the current one from now on. */
export function withNewKey(before: Omit<DataKeys, 'current'>): DataKeys {
  const id = `${new Date().toISOString().slice(0, 10)}-${randomBytes(3).toString('hex')}`
  return { current: id, keys: { ...before.keys, [id]: random() }, fingerprintKey: before.fingerprintKey }
}

const random = () => randomBytes(32).toString('base64')
