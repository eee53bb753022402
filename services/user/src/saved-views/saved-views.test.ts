// Saved views of the console through the API: kept and changed by their operator alone, sealed, and bounded.
import { uuidv7 } from '@bahi/contracts/id.ts'
import type { Role } from '@bahi/contracts/permissions.ts'
import { listSavedViews, maxSavedViews, removeView, saveView } from '@bahi/contracts/saved-views.ts'
import { createProfile } from '@bahi/contracts/user.ts'
import { refusal } from '@bahi/testing/problems.ts'
import { testPlatform, type TestPlatform } from '@bahi/testing/platform.ts'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { service } from '../app.ts'

let platform: TestPlatform
beforeAll(async () => {
  platform = await testPlatform(inject('postgresUrl'), { services: [service] })
})
afterAll(() => platform.stop())

type View = { list: 'audit' | 'differences'; name: string; filters: Record<string, string> }
const late: View = { list: 'differences', name: 'Late successes', filters: { kind: 'late-success' } }

async function operator(roles: Role[] = ['customer', 'reconciler']) {
  const userId = uuidv7()
  await platform.as('auth')(createProfile, {
    params: { userId },
    body: { name: 'Rekha Reconciler', phone: '+919876543210' },
  })
  const call = platform.person({ userId, roles })
  return {
    userId,
    save: (view: Partial<View> = {}, id = uuidv7()) =>
      call(saveView, { params: { id }, body: { ...late, ...view } }),
    remove: (id: string) => call(removeView, { params: { id } }),
    views: async () => (await call(listSavedViews, {})).views,
  }
}

it('a view is kept in order, renamed by its id, and removed, once however often it is asked', async () => {
  const { save, remove, views } = await operator()
  const first = await save()
  const second = await save({ list: 'audit', name: ' Grants ', filters: { type: 'auth.role-granted' } })
  expect(await save({ name: 'Late' }, first.id.toUpperCase())).toEqual({
    ...late,
    id: first.id,
    name: 'Late',
  })
  expect((await views()).map(({ name }) => name)).toEqual(['Late', 'Grants'])
  for (let times = 0; times < 2; times++) await remove(first.id)
  expect(await views()).toEqual([second])
})

it('nobody sees, changes or removes those of others, and nobody without a role has any', async () => {
  const [rekha, meera] = [await operator(), await operator()]
  const view = await rekha.save()
  expect(await meera.views()).toEqual([])
  expect(await refusal(meera.save({ name: 'Mine' }, view.id))).toMatchObject({ code: 'id-reused' })
  await meera.remove(view.id)
  expect(await rekha.views()).toEqual([view])
  const asha = await operator(['customer'])
  expect(await refusal(asha.save())).toMatchObject({ code: 'not-allowed' })
  expect(await refusal(asha.views())).toMatchObject({ code: 'not-allowed' })
})

it('there are so many of one operator, also of concurrent requests; those can still be changed', async () => {
  const { userId, save, views } = await operator()
  const view = await save()
  const { admin } = platform.database
  await admin`
    insert into "user".saved_views (id, user_id, view_sealed, created_at)
    select gen_random_uuid(), ${userId}, 'sealed', now() from generate_series(1, ${maxSavedViews - 3})`
  const sent = await Promise.allSettled(Array.from({ length: 6 }, () => save()))
  expect(sent.filter(({ status }) => status === 'fulfilled')).toHaveLength(2)
  expect(await refusal(save())).toMatchObject({ code: 'wrong-state' })
  expect(await save({ name: 'Late' }, view.id)).toMatchObject({ name: 'Late' })
  await admin`delete from "user".saved_views where view_sealed = 'sealed'`
  expect(await views()).toHaveLength(3)
})

it('its name and filters are sealed, for its row alone', async () => {
  const { save, views } = await operator()
  const [one, two] = [await save({ name: 'Complaint of Asha Rao' }), await save()]
  const { admin } = platform.database
  const rows = await admin<{ id: string; sealed: string }[]>`
    select id, view_sealed as sealed from "user".saved_views where id in (${one.id}, ${two.id})`
  expect(rows.filter(({ sealed }) => /Asha|late-success/.test(sealed))).toEqual([])
  await admin`
    update "user".saved_views set view_sealed = ${rows.find(({ id }) => id === one.id)!.sealed} where id = ${two.id}`
  expect(await refusal(views())).toMatchObject({ code: 'internal' })
})

it.each<[string, Partial<View>]>([
  ['a name too long', { name: 'a'.repeat(41) }],
  ['a name of spaces', { name: '   ' }],
  ['a name that turns the direction of text', { name: 'Late \u202Eseccus' }],
  ['no filter', { filters: {} }],
  ['too many filters', { filters: Object.fromEntries([...'abcdefghi'].map((name) => [name, '1'])) }],
  ['a filter of no name', { filters: { 'Kind!': 'late' } }],
  ['a filter too long', { filters: { kind: 'a'.repeat(201) } }],
  ['an empty filter', { filters: { kind: '' } }],
  ['a list without filters', { list: 'cycles' as never }],
])('refuses %s', async (_, view) => {
  const { save, views } = await operator()
  expect(await refusal(save(view))).toMatchObject({ code: 'request-invalid' })
  expect(await views()).toEqual([])
})
