// What the receiver of a response reads: a copy that holds what the schema names, without the text in between.
import { fits, serializerOf } from './schemas.ts'

/** Stands for a value that the short way does not take; the serialiser decides about it. */
const odd = Symbol('odd')
type Copy = (value: unknown) => unknown

/** What is read of a JSON schema. */
type Schema = {
  type?: string
  const?: unknown
  anyOf?: Schema[]
  items?: Schema | Schema[]
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: unknown
  patternProperties?: unknown
  allOf?: unknown
  nullable?: unknown
}

const compiled = new WeakMap<object, Copy>()

/**
 * Equal to `JSON.parse(serialize(value))`. Values that fit the schema are copied member by member; all others go
 * through the serialiser, which converts or refuses them as it does over HTTP.
 */
export function responseCopy(schema: object): Copy {
  let copy = compiled.get(schema)
  if (!copy) {
    const short = copyBy(schema)
    const serialize = serializerOf(schema)
    copy = (value) => {
      const found = short(value)
      return found === odd ? (JSON.parse(serialize(value)) as unknown) : found
    }
    compiled.set(schema, copy)
  }
  return copy
}

function copyBy(schema: Schema): Copy {
  const { type, anyOf } = schema
  if (schema.allOf !== undefined || schema.nullable !== undefined) return () => odd
  if (anyOf) return copyByFirst(anyOf)
  if ('const' in schema) return (value) => (value === schema.const && !isObject(value) ? value : odd)
  switch (type) {
    case 'string':
      return (value) => (typeof value === 'string' ? value : odd)
    case 'integer':
      return (value) => (Number.isSafeInteger(value) ? (value as number) + 0 : odd)
    case 'number':
      return (value) => (Number.isFinite(value) ? (value as number) + 0 : odd)
    case 'boolean':
      return (value) => (typeof value === 'boolean' ? value : odd)
    case 'null':
      return (value) => (value === null ? null : odd)
    case 'array':
      return copyArray(schema)
    case 'object':
      return copyObject(schema)
    default:
      return () => odd
  }
}

function copyArray({ items }: Schema): Copy {
  if (!items || Array.isArray(items)) return () => odd
  const copyItem = copyBy(items)
  return (value) => {
    if (!Array.isArray(value)) return odd
    const copy: unknown[] = []
    for (const item of value as unknown[]) {
      const found = copyItem(item)
      if (found === odd) return odd
      copy.push(found)
    }
    return copy
  }
}

function copyObject(schema: Schema): Copy {
  const open = schema.additionalProperties !== undefined && schema.additionalProperties !== false
  if (open || schema.patternProperties !== undefined) return () => odd
  const members = Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    copy: copyBy(property),
    // A default is filled in by the serialiser.
    required: schema.required?.includes(name) || 'default' in property,
  }))
  return (value) => {
    if (!isObject(value) || Array.isArray(value) || 'toJSON' in value) return odd
    const copy: Record<string, unknown> = {}
    for (const { name, copy: copyMember, required } of members) {
      // eslint-disable-next-line bahi/own-keys -- a name of the schema
      const member = (value as Record<string, unknown>)[name]
      if (member === undefined) {
        if (required) return odd
        continue
      }
      const found = copyMember(member)
      if (found === odd) return odd
      copy[name] = found
    }
    return copy
  }
}

/** The first branch that the value fits, as the serialiser chooses it. */
function copyByFirst(branches: Schema[]): Copy {
  const choices = branches.map((branch) => ({ fits: fits(branch), copy: copyBy(branch) }))
  return (value) => {
    // The serialiser sees an object that JSON would change, such as a date, in another form.
    if (isObject(value)) return odd
    return choices.find((choice) => choice.fits(value))?.copy(value) ?? odd
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
