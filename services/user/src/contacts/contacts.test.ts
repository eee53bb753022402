// Contacts through the API: idempotent, last change wins, removal, and isolation of people.
import { listContacts, maxContacts, putContact, removeContact } from '@bahi/contracts/contacts.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { createProfile } from '@bahi/contracts/user.ts'
import { createSeal } from '@bahi/kit/crypto/seal.ts'
import { testDataKeys, testPlatform, type TestPlatform } from '@bahi/testing/platform.ts'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { service } from '../app.ts'
import { sealContactName } from './contact.ts'

const seal = createSeal('user', testDataKeys)

let platform: TestPlatform
beforeAll(async () => {
  platform = await testPlatform(inject('postgresUrl'), { services: [service] })
})
afterAll(() => platform.stop())

async function newPerson() {
  const userId = uuidv7()
  await platform.as('auth')(createProfile, {
    params: { userId },
    body: { name: 'Asha Rao', phone: '+919876543210' },
  })
  const call = platform.person({ userId })
  return {
    userId,
    put: (vpa: string, body: { name?: string; favourite?: boolean; changedAt?: string } = {}) =>
      call(putContact, {
        params: { vpa },
        body: { name: 'Ravi Kumar', favourite: false, changedAt: at(0), ...body },
      }),
    remove: (vpa: string, changedAt = at(0)) =>
      call(removeContact, { params: { vpa }, querystring: { changedAt } }),
    list: (querystring = {}) => call(listContacts, { querystring }),
    vpas: async () => (await call(listContacts, { querystring: {} })).contacts.map(({ vpa }) => vpa),
  }
}

const began = Date.now() - 60_000
/** So many seconds after a minute ago. */
const at = (seconds: number) => new Date(began + seconds * 1_000).toISOString()

describe('saving a contact', () => {
  it('is idempotent, also for concurrent requests and in any case', async () => {
    const { put, list } = await newPerson()
    const expected = { vpa: 'ravi@bahi', name: 'Ravi Kumar', favourite: true, changedAt: at(1) }
    const sent = ['ravi@bahi', 'RAVI@bahi', 'ravi@BAHI', 'ravi@bahi']
    const answers = await Promise.all(sent.map((vpa) => put(vpa, { favourite: true, changedAt: at(1) })))
    expect(answers).toEqual(Array(4).fill({ contact: expected }))
    expect(await list()).toEqual({ contacts: [expected] })
  })

  it('applies the later change, in whatever order they arrive', async () => {
    const { put, list } = await newPerson()
    const later = { name: 'Ravi (chai)', favourite: true, changedAt: at(9) }
    await put('ravi@bahi', { changedAt: at(1) })
    await put('ravi@bahi', later)
    expect(await put('ravi@bahi', { name: 'Ravi K', changedAt: at(5) })).toEqual({
      contact: { vpa: 'ravi@bahi', ...later },
    })
    expect((await list()).contacts).toEqual([{ vpa: 'ravi@bahi', ...later }])
  })

  it('with a time in the future counts as now', async () => {
    const { put } = await newPerson()
    const { contact } = await put('ravi@bahi', { changedAt: '2099-01-01T00:00:00.000Z' })
    expect(Date.parse(contact!.changedAt)).toBeLessThanOrEqual(Date.now())
    await new Promise((resolve) => setTimeout(resolve, 5))
    const next = await put('ravi@bahi', { name: 'Ravi K', changedAt: new Date().toISOString() })
    expect(next.contact?.name).toBe('Ravi K')
  })

  it.each([
    ['an invalid UPI ID', 'ravi', {}],
    ['an empty name', 'ravi@bahi', { name: '' }],
    ['a name of spaces', 'ravi@bahi', { name: '   ' }],
    ['a name with controls of text direction', 'ravi@bahi', { name: 'Ravi \u202Eumar' }],
    ['a name too long', 'ravi@bahi', { name: 'a'.repeat(100) }],
    ['an invalid time', 'ravi@bahi', { changedAt: 'yesterday' }],
    ['a leap second', 'ravi@bahi', { changedAt: '2026-06-30T23:59:60Z' }],
    ['a name that nobody sees', 'ravi@bahi', { name: '\u200B\u3164' }],
  ])('refuses %s', async (_, vpa, body) => {
    const { put, list } = await newPerson()
    await expect(put(vpa, body)).rejects.toMatchObject({ code: 'request-invalid' })
    expect(await list()).toEqual({ contacts: [] })
  })

  it('is refused above the limit, also for concurrent requests; changes are still possible', async () => {
    const { userId, put, remove, list } = await newPerson()
    const old = Array.from({ length: maxContacts - 3 }, (_, i) => `old${i + 1}@bahi`)
    const sealed = old.map((vpa) => sealContactName(seal, userId, vpa, 'Old'))
    await platform.database.admin`
      insert into "user".contacts (user_id, vpa, name_sealed, favourite, changed_at)
      select ${userId}, vpa, sealed, false, now() - interval '1 hour'
      from unnest(${old}::text[], ${sealed}::text[]) as o (vpa, sealed)`
    const sent = await Promise.allSettled(Array.from({ length: 10 }, (_, i) => put(`new${i}@bahi`)))
    expect(sent.filter(({ status }) => status === 'fulfilled')).toHaveLength(3)
    await expect(put('onemore@bahi')).rejects.toMatchObject({ code: 'wrong-state' })
    expect((await put('old1@bahi', { name: 'Known' })).contact?.name).toBe('Known')
    await remove('old2@bahi')
    expect((await put('onemore@bahi')).contact?.vpa).toBe('onemore@bahi')
    expect((await list({ limit: 500 })).next).toBeDefined()
  })
})

describe('removing a contact', () => {
  it('is idempotent, also for an unknown contact', async () => {
    const { put, remove, vpas } = await newPerson()
    await put('ravi@bahi', { changedAt: at(1) })
    await put('meera@bahi', { changedAt: at(1) })
    for (let i = 0; i < 2; i++) await remove('RAVI@bahi', at(2))
    await remove('nobody@bahi', at(2))
    expect(await vpas()).toEqual(['meera@bahi'])
  })

  it('loses to a later change, and wins over an older one that arrives late', async () => {
    const { put, remove, vpas } = await newPerson()
    await put('ravi@bahi', { changedAt: at(5) })
    await remove('ravi@bahi', at(3))
    expect(await vpas()).toEqual(['ravi@bahi'])
    await remove('ravi@bahi', at(8))
    expect(await put('ravi@bahi', { changedAt: at(7) })).toEqual({})
    expect(await vpas()).toEqual([])
    expect((await put('ravi@bahi', { changedAt: at(9) })).contact?.vpa).toBe('ravi@bahi')
  })

  it('keeps the rows of the latest 500, without names', async () => {
    const { userId, remove } = await newPerson()
    await platform.database.admin`
      insert into "user".contacts (user_id, vpa, favourite, changed_at, removed)
      select ${userId}, 'old' || n || '@bahi', false, now() - n * interval '1 hour', true
      from generate_series(1, 600) n`
    await remove('ravi@bahi')
    const rows = await platform.database.admin`
      select vpa, name_sealed from "user".contacts where user_id = ${userId}`
    expect(rows).toHaveLength(500)
    expect(rows.map(({ vpa }) => String(vpa))).not.toContain('old600@bahi')
    expect(rows.filter(({ nameSealed }) => nameSealed !== null)).toEqual([])
  })
})

describe('the list', () => {
  it('in pages returns each once and in order, while others are added', async () => {
    const { put, list } = await newPerson()
    const expected = Array.from({ length: 10 }, (_, i) => `p${i}@bahi`)
    for (const vpa of [...expected].reverse()) await put(vpa)
    const seen: string[] = []
    for (let after: string | undefined; ;) {
      const page = await list({ limit: 3, ...(after ? { after } : {}) })
      seen.push(...page.contacts.map(({ vpa }) => vpa))
      await put(`a${seen.length}@bahi`)
      if (!page.next) break
      after = page.next
    }
    expect(seen).toEqual(expected)
  })

  it('of favourites has those only', async () => {
    const { put, list } = await newPerson()
    await put('ravi@bahi', { favourite: true })
    await put('meera@bahi')
    const vpas = async (favourite: boolean) => (await list({ favourite })).contacts.map(({ vpa }) => vpa)
    expect([await vpas(true), await vpas(false)]).toEqual([['ravi@bahi'], ['meera@bahi']])
  })

  it.each([
    ['an empty page', { limit: 0 }],
    ['a page too large', { limit: 501 }],
    ['an invalid cursor', { after: "' or 1=1" }],
    ['an unknown field', { userId: uuidv7() }],
  ])('refuses %s', async (_, query) => {
    const { list } = await newPerson()
    await expect(list(query)).rejects.toMatchObject({ code: 'request-invalid' })
  })
})

describe('ownership', () => {
  it('a person cannot read, change or remove contacts of another', async () => {
    const [asha, meera] = [await newPerson(), await newPerson()]
    await asha.put('ravi@bahi', { changedAt: at(1) })
    await meera.put('ravi@bahi', { name: 'Somebody', changedAt: at(2) })
    await meera.remove('ravi@bahi', at(3))
    expect((await asha.list()).contacts[0]?.name).toBe('Ravi Kumar')
    expect(await meera.list()).toEqual({ contacts: [] })
  })

  it('a person without a profile cannot save contacts', async () => {
    const call = platform.person({ userId: uuidv7() })
    const body = { name: 'Ravi', favourite: false, changedAt: at(0) }
    const vpa = { params: { vpa: 'ravi@bahi' } }
    await expect(call(putContact, { ...vpa, body })).rejects.toMatchObject({ code: 'not-found' })
    await expect(call(removeContact, { ...vpa, querystring: { changedAt: at(0) } })).rejects.toMatchObject({
      code: 'not-found',
    })
    await expect(platform.anybody(listContacts, { querystring: {} })).rejects.toMatchObject({
      code: 'unauthenticated',
    })
  })

  it('contacts are in no event', async () => {
    const { userId, put } = await newPerson()
    await put('ravi@bahi')
    const events = await platform.database.admin`select type from "user".events where stream = ${userId}`
    expect(events.map(({ type }) => String(type))).toEqual(['user.profile-created'])
  })
})
