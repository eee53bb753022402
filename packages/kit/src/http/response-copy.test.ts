// Copies of responses: equal to what a caller reads from the serialised text, for any value and schema.
import Type, { type TSchema } from 'typebox'
import { describe, expect, it } from 'vitest'
import { responseCopy } from './response-copy.ts'
import { serializerOf } from './schemas.ts'

const item = Type.Object({
  id: Type.String({ format: 'uuid' }),
  amountPaise: Type.Integer(),
  ratio: Type.Optional(Type.Number()),
  done: Type.Boolean(),
  kind: Type.Union([Type.Literal('a'), Type.Literal('b')]),
  at: Type.Optional(Type.String({ format: 'date-time' })),
  note: Type.Union([Type.String({ minLength: 2 }), Type.Null()]),
})
const one = {
  id: 'b7f0c1de-0000-7000-8000-000000000001',
  amountPaise: 100,
  done: true,
  kind: 'b',
  note: null,
}
const list = Type.Object({ items: Type.Array(item), next: Type.Optional(Type.String()) })

const cases: [what: string, schema: TSchema, value: unknown][] = [
  ['a value as its schema says', item, one],
  ['a list', list, { items: [one, { ...one, note: 'ok', kind: 'a' }], next: '7' }],
  ['members that the schema does not name', item, { ...one, secret: 'x' }],
  ['members that are undefined', item, { ...one, at: undefined, ratio: undefined }],
  ['a date', item, { ...one, at: new Date(0) }],
  ['a date in a text without format', Type.Object({ at: Type.String() }), { at: new Date(0) }],
  ['null where a text belongs', Type.Object({ a: Type.Optional(Type.String()) }), { a: null }],
  ['a text of digits for a number', item, { ...one, amountPaise: '12' }],
  ['negative zero', item, { ...one, amountPaise: -0, ratio: -0 }],
  ['a large number', Type.Object({ n: Type.Number() }), { n: 1e21 }],
  ['a record', Type.Record(Type.String(), Type.Unknown()), { a: { b: [1, undefined, new Date(0)] } }],
  ['anything', Type.Object({ data: Type.Unknown() }), { data: { a: [1, null, 'x'] } }],
  ['a choice of objects', Type.Union([item, Type.Object({ other: Type.String() })]), { other: 'x', more: 1 }],
  ['a default', Type.Object({ n: Type.Integer({ default: 3 }) }), {}],
  ['an intersection', Type.Intersect([item, Type.Object({ more: Type.Integer() })]), { ...one, more: 1 }],
  ['what turns itself into JSON', item, { toJSON: () => one }],
  ['a Map', Type.Object({ a: Type.Optional(Type.String()) }), new Map([['a', 'b']])],
]

/** What a call over HTTP gives: the value that the caller reads, or that the answer is faulty. */
function overHttp(schema: TSchema, value: unknown): unknown {
  try {
    return JSON.parse(serializerOf(schema)(value))
  } catch {
    return 'refused'
  }
}

function direct(schema: TSchema, value: unknown): unknown {
  try {
    return responseCopy(schema)(value)
  } catch {
    return 'refused'
  }
}

describe('the copy of a response is what its JSON says', () => {
  it.each(cases)('%s', (_what, schema, value) => {
    expect(direct(schema, value)).toStrictEqual(overHttp(schema, value))
  })

  it.each([
    ['a missing member', item, { ...one, id: undefined }],
    ['no choice that fits', item, { ...one, kind: 'c' }],
    ['a text that is no number', item, { ...one, amountPaise: 'many' }],
    ['a text too short for its choice', item, { ...one, note: 'x' }],
  ])('and is refused like it: %s', (_what, schema, value) => {
    expect(overHttp(schema, value)).toBe('refused')
    expect(direct(schema, value)).toBe('refused')
  })
})

it('nothing of the copy belongs to the handler', () => {
  const value = { items: [one] }
  const copy = responseCopy(list)(value) as typeof value
  copy.items[0]!.amountPaise = 0
  copy.items.length = 0
  expect(value).toEqual({ items: [{ ...one, amountPaise: 100 }] })
})
