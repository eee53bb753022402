// Reads a service's settings from the environment, and reports every fault in them at once.
import Type, { type Static, type TObject } from 'typebox'
import { Value } from 'typebox/value'
import { BlobConfig } from '../blobs/blob-config.ts'
import { isServiceLink, settingOf, type Env } from './environment.ts'

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
  BAHI_HOST: Type.String({ default: '0.0.0.0', description: 'The address that the ports listen on.' }),
  BAHI_PORT: Type.Integer({
    minimum: 0,
    maximum: 65_535,
    default: 8080,
    description: 'Port of the public edge; used by a process that runs it.',
  }),
  BAHI_INTERNAL_PORT: Type.Integer({
    minimum: 0,
    maximum: 65_535,
    default: 8081,
    description: 'Port for calls from services of other processes. Not for the public.',
  }),
  BAHI_ADMIN_PORT: Type.Integer({
    minimum: 0,
    maximum: 65_535,
    default: 8082,
    description:
      'Port of `/livez`, `/readyz` and `/metrics`, for the orchestrator and Prometheus. Not for the public.',
  }),
  BAHI_ADMIN_HOST: Type.Optional(
    Type.String({ description: 'The address that the admin port listens on, when it is not `BAHI_HOST`.' }),
  ),
  BAHI_DRAIN_MS: Type.Integer({
    minimum: 0,
    maximum: 600_000,
    default: 5_000,
    description: 'How long a stopping process is not ready before it closes its ports.',
  }),
  BAHI_DATA_KEYS: Type.Optional(
    Type.String({
      description:
        'JSON: name of each service → `{ current, keys, fingerprintKey }`: encrypts personal data at rest.',
    }),
  ),
  BAHI_DATA_KEYS_FILE: Type.Optional(
    Type.String({ description: 'A file that holds what `BAHI_DATA_KEYS` would.' }),
  ),
  ...BlobConfig,
  BAHI_SIGNING_KEYS: Type.String({
    description:
      'JSON: name of each service of this process → the private JWK (Ed25519) that signs its calls.',
  }),
  BAHI_SERVICE_KEYS: Type.String({ description: 'JSON: name of each service → its public JWK.' }),
  BAHI_SERVICE_URLS: Type.String({
    default: '{}',
    description:
      'JSON: name of each service of other processes → URL of its internal port, or a list of them for its copies.',
  }),
  BAHI_DATABASE_URLS: Type.String({
    default: '{}',
    description:
      'JSON: name of each service of this process → the URL of PostgreSQL, with the role of the service.',
  }),
  REDIS_URL: Type.String({ pattern: '^rediss?://' }),
  AMQP_URL: Type.String({ pattern: '^amqps?://' }),
})

/** A fault for each `BAHI_…` setting that is not among the known ones, and what it may have meant. */
export function unknownSettings(env: Env, known: readonly string[]): string[] {
  return Object.entries(env)
    .filter(
      ([name, value]) => name.startsWith('BAHI_') && !known.includes(name) && !isServiceLink(name, value),
    )
    .map(([name]) => `${name} is not known here${near(name, known)}`)
}

/**
 * The settings that the schema names, with defaults filled in and numbers converted. Throws one error that names every
 * missing or malformed one. Settings that the schema does not name are ignored; see `unknownSettings`.
 */
export function loadConfig<S extends TObject>(schema: S, env: Env): Static<S> {
  const faults: string[] = []
  const found: Record<string, unknown> = {}
  const required = new Set((schema as { required?: string[] }).required ?? [])
  for (const [name, property] of Object.entries(schema.properties)) {
    const about = property as { default?: unknown; description?: string }
    const raw = settingOf(name, env)
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

function near(name: string, names: readonly string[]): string {
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
