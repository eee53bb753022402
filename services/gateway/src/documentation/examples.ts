// The example of each route, made from its contract: what its schemas give as examples, and the least that they demand.
import type { Contract } from '@bahi/contracts/contract.ts'
import { UuidV7 } from '@bahi/contracts/formats.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { IstDate, istDateOf } from '@bahi/contracts/recurrence.ts'

type Schema = {
  type?: string
  format?: string
  const?: unknown
  enum?: unknown[]
  examples?: unknown[]
  anyOf?: Schema[]
  items?: Schema
  minItems?: number
  minimum?: number
  minProperties?: number
  pattern?: string
  required?: string[]
  properties?: Record<string, Schema>
}

export type Example = { params: Record<string, unknown>; query: Record<string, unknown>; body?: unknown }

/** @param nowMs ids and dates of the client's choice are of this time: they are taken for a day */
export function exampleOf({ schema }: Contract, nowMs: number): Example {
  const { params, querystring, body } = schema as Partial<Record<string, Schema>>
  const valueOf = (part: Schema) => exampleIn(part, nowMs)
  return {
    params: (params ? valueOf(params) : {}) as Example['params'],
    query: (querystring ? valueOf(querystring) : {}) as Example['query'],
    ...(body ? { body: valueOf(body) } : {}),
  }
}

function exampleIn(schema: Schema, nowMs: number): unknown {
  if (schema.pattern === (UuidV7 as Schema).pattern) return uuidv7(nowMs)
  if (schema.pattern === (IstDate as Schema).pattern) return istDateOf(new Date(nowMs))
  if (schema.examples) return schema.examples[0]
  if ('const' in schema) return schema.const
  if (schema.enum) return schema.enum[0]
  if (schema.anyOf) return exampleIn(schema.anyOf[0]!, nowMs)
  switch (schema.type) {
    case 'object':
      return objectIn(schema, nowMs)
    case 'array':
      return Array.from({ length: schema.minItems ?? 0 }, () => exampleIn(schema.items!, nowMs))
    case 'integer':
    case 'number':
      return schema.minimum ?? 1
    case 'boolean':
      return true
    default:
      return schema.format === 'uuid' ? '01994c00-0000-7000-8000-000000000001' : 'text'
  }
}

function objectIn({ properties = {}, required = [], minProperties = 0 }: Schema, nowMs: number): object {
  const names = Object.keys(properties)
  const shown = required.length >= minProperties ? required : names.slice(0, minProperties)
  const members = Object.entries(properties).filter(([name]) => shown.includes(name))
  return Object.fromEntries(members.map(([name, member]) => [name, exampleIn(member, nowMs)]))
}
