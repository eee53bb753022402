// Changes that wait: one for each UPI ID, over what the services know, in the order of the language.
import { describe, expect, it } from 'vitest'
import {
  applyChanges,
  searchContacts,
  sortContacts,
  withChange,
  withoutChange,
  type ContactChange,
} from './contact-changes.ts'

const contact = (vpa: string, name: string, favourite = false) => ({ vpa, name, favourite, changedAt: '1' })
const ravi = contact('ravi@bahi', 'Ravi Kumar')
const meera = contact('meera@bahi', 'Meera Iyer', true)
const keep = { name: 'Ravi (chai)', favourite: true }

describe('changes', () => {
  it('of one UPI ID are one: the latest', () => {
    const first: ContactChange = { vpa: 'ravi@bahi', changedAt: '2', keep }
    const second: ContactChange = { vpa: 'ravi@bahi', changedAt: '3' }
    expect(withChange(withChange([], first), second)).toEqual([second])
  })

  it('that were sent go, unless they changed again meanwhile', () => {
    const sent: ContactChange = { vpa: 'ravi@bahi', changedAt: '2', keep }
    const again: ContactChange = { vpa: 'ravi@bahi', changedAt: '3', keep }
    expect(withoutChange([sent], sent)).toEqual([])
    expect(withoutChange([again], sent)).toEqual([again])
  })

  it.each<[string, ContactChange[], string[]]>([
    ['none', [], ['ravi@bahi', 'meera@bahi']],
    ['a new name', [{ vpa: 'ravi@bahi', changedAt: '2', keep }], ['meera@bahi', 'ravi@bahi']],
    ['a removal', [{ vpa: 'ravi@bahi', changedAt: '2' }], ['meera@bahi']],
    ['a new one', [{ vpa: 'new@bahi', changedAt: '2', keep }], ['ravi@bahi', 'meera@bahi', 'new@bahi']],
  ])('applied: %s', (_, changes, vpas) => {
    expect(applyChanges([ravi, meera], changes).map(({ vpa }) => vpa)).toEqual(vpas)
  })
})

it('favourites stand first, each by name as the language sorts it', () => {
  const all = [contact('c@x', 'chai 10'), contact('b@x', 'Chai 9'), ravi, contact('a@x', 'अमित'), meera]
  expect(sortContacts(all, 'en').map(({ name }) => name)).toEqual([
    'Meera Iyer',
    'Chai 9',
    'chai 10',
    'Ravi Kumar',
    'अमित',
  ])
})

it.each([
  ['', 2],
  ['RAV', 1],
  ['kumar ravi', 1],
  ['@bahi', 2],
  ['meera@', 1],
  ['asha', 0],
])('“%s” finds %i', (typed, count) => {
  expect(searchContacts([ravi, meera], typed)).toHaveLength(count)
})
