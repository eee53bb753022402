// The way to PostgreSQL: postgres.js, camelCase in TypeScript, snake_case in the database, whole numbers kept exact.
import postgres from 'postgres'

export type Sql = postgres.Sql<{ bigint: number }>
export type Tx = postgres.TransactionSql<{ bigint: number }>
/** Where a statement runs: in a transaction or by itself. */
export type Queryable = Sql | Tx

export type SqlOptions = { max?: number; name?: string }

/** Throws above 2^53-1 instead of rounding. */
export function exactInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value))
    throw new RangeError(`${text} is beyond the whole numbers that are exact here`)
  return value
}

export function connect(url: string, options: SqlOptions = {}): Sql {
  return postgres(url, {
    max: options.max ?? 10,
    connect_timeout: 10,
    max_lifetime: 60 * 30,
    connection: { application_name: options.name ?? 'bahi', TimeZone: 'UTC', statement_timeout: 30_000 },
    onnotice: () => undefined,
    transform: { undefined: null, column: { from: postgres.toCamel, to: postgres.fromCamel } },
    types: { bigint: { to: 20, from: [20], serialize: String, parse: exactInteger } },
  })
}

/** PostgreSQL's error code (`23505` unique violation, `40P01` deadlock …), or undefined for any other error. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof postgres.PostgresError ? error.code : undefined
}

/** The constraint that an error names. */
export function violated(error: unknown): string | undefined {
  return error instanceof postgres.PostgresError ? error.constraint_name : undefined
}

/**
 * Runs a set of writes again when another process decided one of its ids at the same moment (unique violation) or the
 * database gave up on it (deadlock, serialization): the second run sees what the first one could not.
 */
export async function retryRaces<T>(run: () => Promise<T>, maxTries = 4): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await run()
    } catch (error) {
      if (tries >= maxTries || !['23505', '40P01', '40001'].includes(sqlState(error) ?? '')) throw error
    }
  }
}
