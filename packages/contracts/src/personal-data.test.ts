// Personal data: every field of every event is classified, and nothing personal or unknown is shown.
import type { TSchema } from 'typebox'
import { describe, expect, it } from 'vitest'
import { events } from './events.ts'
import { isClassified, maskPersonalData, maskVpasIn } from './personal-data.ts'

type Schema = { properties?: Record<string, Schema>; items?: Schema; anyOf?: Schema[] }

/** The names of all fields of a schema that hold values. */
function valueFields({ properties, items, anyOf }: Schema, name?: string): string[] {
  if (properties) return Object.entries(properties).flatMap(([key, schema]) => valueFields(schema, key))
  if (items) return valueFields(items, name)
  if (anyOf) return anyOf.flatMap((schema) => valueFields(schema, name))
  return name === undefined ? [] : [name]
}

/** Records whose names are not in the schema: what is in them is classified by its own name. */
const openRecords = ['data']

it.each(Object.entries<TSchema>(events))('every field of %s is classified', (_type, schema) => {
  const names = valueFields(schema as Schema).filter((name) => !openRecords.includes(name))
  expect(names.filter((name) => !isClassified(name))).toEqual([])
})

describe('what others are shown', () => {
  it.each([
    [
      { payer: { userId: 'u1', name: 'Asha Rao', vpa: 'asha@bahi' }, amountPaise: 2_500, note: 'Rent' },
      { payer: { userId: 'u1', name: '•••', vpa: 'a•••@bahi' }, amountPaise: 2_500, note: '•••' },
    ],
    [
      { code: 'ZM', message: 'Wrong PIN of Asha' },
      { code: 'ZM', message: '•••' },
    ],
    [
      { message: { title: 'Paid ₹25.00', data: { paymentId: 'p1', counterpart: { vpa: 'ravi@bahi' } } } },
      { message: { title: '•••', data: { paymentId: 'p1', counterpart: { vpa: 'r•••@bahi' } } } },
    ],
    [
      { fields: ['email', 'name'], list: [{ phone: '+919876543210' }], unknown: [1, true, 'x'], none: null },
      { fields: ['email', 'name'], list: [{ phone: '•••' }], unknown: ['•••', '•••', '•••'], none: null },
    ],
    [{ vpa: 'no address at all' }, { vpa: '•••' }],
  ])('of %j is %j', (data, shown) => {
    expect(maskPersonalData(data)).toEqual(shown)
  })

  it('of a sentence has its UPI IDs masked', () => {
    expect(maskVpasIn('asha@bahi pays shop.1@ganga')).toBe('a•••@bahi pays s•••@ganga')
  })
})
