// Reads a service's settings from the environment, and reports every fault in them at once.
import { readFileSync } from 'node:fs'
import type { Static, TObject } from 'typebox'
import { Value } from 'typebox/value'
import { isServiceLink, settingOf, type Env } from './environment.ts'

/** What the schema of a setting says about it, beside its type. */
export type About = {
  default?: unknown
  description?: string
  examples?: unknown[]
  /** It is never logged, and may be given as a file: `<name>_FILE`. */
  secret?: boolean
}

/** What a setting of these names is called when it is given as a file. */
const fileOf = (name: string) => `${name}_FILE`

/** Every fault of the configuration, one a line. */
export function configError(faults: string[]): Error & { faults: string[] } {
  const list = faults.map((fault) => `  - ${fault}`).join('\n')
  return Object.assign(new Error(`the configuration has ${faults.length} fault(s):\n${list}`), { faults })
}

/** A fault for each `BAHI_…` setting that is not among the known ones, and what it may have meant. */
export function unknownSettings(env: Env, known: readonly string[]): string[] {
  return Object.entries(env)
    .filter(
      ([name, value]) => name.startsWith('BAHI_') && !known.includes(name) && !isServiceLink(name, value),
    )
    .map(([name]) => `${name} is not known here${near(name, known)}`)
}

/** The faults that an error of the configuration names; of any other error its message. */
export function faultsOf(error: unknown): string[] {
  if (error instanceof Error && 'faults' in error) return error.faults as string[]
  return [error instanceof Error ? error.message : String(error)]
}

/** The names under which settings of a schema may be given. */
export function settingNames({ properties }: TObject): string[] {
  return Object.entries(properties).flatMap(([name, about]) =>
    (about as About).secret ? [name, fileOf(name)] : [name],
  )
}

/**
 * The text of a setting, of a secret one also from the file that `<name>_FILE` names, without the line's end after it.
 * Throws what is wrong with the file.
 */
export function secretOf(name: string, env: Env): string | undefined {
  const [given, file] = [settingOf(name, env), settingOf(fileOf(name), env)]
  if (file === undefined) return given
  if (given !== undefined) throw new Error(`${name} and ${fileOf(name)} are both set: leave one of them out`)
  try {
    return readFileSync(file, 'utf8').replace(/(\r?\n)+$/, '') || undefined
  } catch (error) {
    const { code = String(error) } = error as { code?: string }
    throw new Error(`${fileOf(name)}: ${file} cannot be read (${code})`, { cause: error })
  }
}

/**
 * The settings that the schema names, with defaults filled in and numbers converted. Throws one error that names every
 * missing or malformed one, and no secret. Settings that the schema does not name are ignored; see `unknownSettings`.
 */
export function loadConfig<S extends TObject>(schema: S, env: Env): Static<S> {
  const faults: string[] = []
  const found: Record<string, unknown> = {}
  const required = new Set((schema as { required?: string[] }).required ?? [])
  for (const [name, property] of Object.entries(schema.properties)) {
    const about = property as About
    let raw: string | undefined
    try {
      // A setting whose file is one of its own reads it itself.
      const isOwnFile = Object.hasOwn(schema.properties, fileOf(name))
      raw = about.secret && !isOwnFile ? secretOf(name, env) : settingOf(name, env)
    } catch (error) {
      faults.push((error as Error).message)
      continue
    }
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
