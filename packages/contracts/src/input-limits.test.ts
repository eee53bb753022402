// Whatever a stranger can send has an end: every text, list and number of every published route.
import { expect, it } from 'vitest'
import { isPublished } from './contract.ts'
import { routes } from './routes.ts'

type Schema = {
  type?: string
  [key: string]: unknown
}

/** A pattern that bounds the length of what it takes: anchored, and nothing in it repeats without end. */
const isBounded = (pattern: string) =>
  /^\^.*\$$/s.test(pattern) && !/[*+]|\{\d+,\}/.test(pattern.replaceAll(/\\.|\[(?:\\.|[^\]])*\]/g, 'x'))

const boundedFormats = new Set(['uuid', 'date', 'date-time'])

const hasEnd: Record<string, (schema: Schema) => boolean> = {
  string: ({ maxLength, format, pattern }) =>
    maxLength !== undefined ||
    boundedFormats.has(format as string) ||
    (typeof pattern === 'string' && isBounded(pattern)),
  integer: ({ minimum, maximum }) => minimum !== undefined && maximum !== undefined,
  number: ({ minimum, maximum }) => minimum !== undefined && maximum !== undefined,
  array: ({ maxItems }) => maxItems !== undefined,
}

/** Paths of the parts without an end. */
function endless(schema: unknown, path: string): string[] {
  if (typeof schema !== 'object' || schema === null) return []
  const { type, ...rest } = schema as Schema
  const fixed = 'const' in rest || 'enum' in rest
  const own = !fixed && type !== undefined && hasEnd[type]?.(rest) === false ? [path] : []
  return [...own, ...Object.entries(rest).flatMap(([key, value]) => endless(value, `${path}.${key}`))]
}

it('every text, list and number that a published route takes has an end', () => {
  const found = routes
    .filter(isPublished)
    .flatMap(({ method, url, schema: { params, querystring, body } }) =>
      Object.entries({ params, querystring, body }).flatMap(([place, schema]) =>
        endless(schema, `${method} ${url} ${place}`),
      ),
    )
  expect(found).toEqual([])
})
