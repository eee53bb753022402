// Reads a service's settings from the environment, and reports every fault in them at once.
import Type, { type Static, type TObject } from 'typebox'
import { Value } from 'typebox/value'

export type Env = Record<string, string | undefined>

/** Every fault of the configuration, one a line. */
export function configError(faults: string[]): Error & { faults: string[] } {
  const list = faults.map((fault) => `  - ${fault}`).join('\n')
  return Object.assign(new Error(`the configuration has ${faults.length} fault(s):\n${list}`), { faults })
}

/** Settings of any process. */
export const BaseConfig = Type.Object({
  BAHI_MODE: Type.Union([Type.Literal('sandbox'), Type.Literal('production')], {
    default: 'production',
    description: '`sandbox` simulates the outside world and opens the routes that testers use.',
  }),
  BAHI_LOG_LEVEL: Type.Union(
    ['fatal', 'error', 'warn', 'info', 'debug', 'silent'].map((level) => Type.Literal(level)),
    { default: 'info' },
  ),
  BAHI_HOST: Type.String({ default: '0.0.0.0' }),
  BAHI_PORT: Type.Integer({ minimum: 0, maximum: 65_535, default: 8080 }),
  BAHI_DATA_KEYS: Type.Optional(
    Type.String({
      description:
        'JSON: name of each service → `{ current, keys, fingerprintKey }`: encrypts personal data at rest.',
    }),
  ),
  BAHI_DATA_KEYS_FILE: Type.Optional(
    Type.String({ description: 'A file that holds what `BAHI_DATA_KEYS` would.' }),
  ),
  BAHI_SERVICE_KEY: Type.String({
    description: 'Private JWK (Ed25519) that this service signs its calls with.',
  }),
  BAHI_SERVICE_KEYS: Type.String({ description: 'JSON: name of each service → its public JWK.' }),
  BAHI_SERVICE_URLS: Type.String({
    description: 'JSON: name of each service → its base URL, or several of them for several copies.',
  }),
  DATABASE_URL: Type.Optional(Type.String({ pattern: '^postgres(ql)?://' })),
  REDIS_URL: Type.String({ pattern: '^rediss?://' }),
  AMQP_URL: Type.String({ pattern: '^amqps?://' }),
})

/**
 * The settings that `schemas` name, with defaults filled in and numbers converted. `known` lists further keys that
 * other services of the same process use. Throws one error that names every missing, malformed or unknown key.
 */
export function loadConfig<S extends TObject>(schema: S, env: Env, known: string[] = []): Static<S> {
  const faults: string[] = []
  const found: Record<string, unknown> = {}
  const names = Object.keys(schema.properties)
  for (const name of Object.keys(env)) {
    if (name.startsWith('BAHI_') && !names.includes(name) && !known.includes(name)) {
      faults.push(`${name} is not known here${near(name, [...names, ...known])}`)
    }
  }
  const required = new Set((schema as { required?: string[] }).required ?? [])
  for (const [name, property] of Object.entries(schema.properties)) {
    const about = property as { default?: unknown; description?: string }
    const raw = env[name] === '' ? undefined : env[name]
    if (raw === undefined) {
      if (about.default !== undefined) found[name] = about.default
      else if (required.has(name))
        faults.push(`${name} is missing${about.description ? `: ${about.description}` : ''}`)
      continue
    }
    const value: unknown = Value.Convert(property, raw)
    if (Value.Check(property, value)) found[name] = value
    else {
      const why = [...Value.Errors(property, value)][0]?.message ?? 'is malformed'
      faults.push(`${name} ${why}${about.description ? ` (${about.description})` : ''}`)
    }
  }
  if (faults.length > 0) throw configError(faults)
  return found as Static<S>
}

function near(name: string, names: string[]): string {
  const match = names.find((n) => n.startsWith('BAHI_') && distance(n, name) <= 3)
  return match ? `; did you mean ${match}?` : ''
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1))
    }
    row = next
  }
  return row[b.length]!
}
