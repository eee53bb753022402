// For tests of what is stored: what stands in rows in clear.

/** Rows as text, without ids and what is binary: the digits of a secret stand in those by chance. */
export const clearTextOf = (rows: unknown): string =>
  JSON.stringify(rows).replaceAll(/\\+x[0-9a-f]+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '')
