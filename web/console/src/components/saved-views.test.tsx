// Saved views beside a list: kept, opened, renamed and removed.
import { listDifferences } from '@bahi/contracts/reconciliation.ts'
import {
  listSavedViews,
  maxSavedViews,
  removeView,
  saveView,
  type SavedView,
} from '@bahi/contracts/saved-views.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { screen, within } from '@testing-library/react'
import { beforeEach, expect, it } from 'vitest'
import { en } from '../language/en.ts'
import { callsOf, openConsole, stub } from '../testing.tsx'
import { viewsTexts } from './views-texts.ts'

const t = viewsTexts.en
const late: SavedView = {
  ...{ id: '01994c00-0000-7000-8000-0000000000c1', list: 'differences', name: 'Late' },
  filters: { state: 'closed', kind: 'late-success' },
}
const button = (name: string) => screen.findByRole('button', { name })
const current = () =>
  screen
    .getAllByRole('link')
    .filter((link) => link.getAttribute('aria-current') === 'true')
    .map((link) => link.textContent)

beforeEach(() => stub(listDifferences, () => ({ differences: [] })))

it('keeps the filters of now under a name, and has the list of its name after that', async () => {
  let isAway = true
  stub(saveView, ({ params, body }) => (isAway ? new Problem('unavailable') : { ...params, ...body }))
  const { user } = await openConsole('/differences', ['reconciler'])
  await screen.findByText(en['differences.none'])
  // Nothing is filtered: there is nothing to keep.
  expect(screen.queryByRole('button', { name: t['views.save'] })).toBeNull()
  await user.selectOptions(screen.getByLabelText(en['differences.kind']), 'late-success')
  await user.click(await button(t['views.save']))
  const dialog = within(screen.getByRole('dialog'))
  const save = dialog.getByRole('button', { name: t['views.save'] })
  await user.click(save)
  expect(dialog.getByRole('alert').textContent).toContain('1 to 40')
  await user.type(dialog.getByLabelText(t['views.name']), ' Late successes ')
  await user.click(save)
  await dialog.findByText(en['problem.unavailable'])
  isAway = false
  await user.click(save)
  await screen.findByRole('link', { name: 'Late successes' })
  expect(current()).toEqual(['Late successes'])
  expect(screen.queryByRole('button', { name: t['views.save'] })).toBeNull()
  const [first, again] = callsOf(saveView)
  expect(again).toEqual(first)
  expect(first!.body).toEqual({
    ...{ list: 'differences', name: 'Late successes', filters: { kind: 'late-success' } },
  })
})

it('opens a view, with the filters in whatever order, and has only those of its list', async () => {
  stub(listSavedViews, () => ({
    views: [late, { ...late, id: late.id.replace('c1', 'c2'), list: 'audit' as const, name: 'Grants' }],
  }))
  const { user, address, goBack } = await openConsole('/differences', ['reconciler'])
  await user.click(await screen.findByRole('link', { name: 'Late' }))
  expect(address()).toBe('/differences?kind=late-success&state=closed')
  await expect
    .poll(() => callsOf(listDifferences).at(-1)?.querystring)
    .toMatchObject({ state: 'closed', kind: 'late-success' })
  expect(current()).toEqual(['Late'])
  expect(screen.queryByText('Grants')).toBeNull()
  await goBack()
  expect(current()).toEqual([])
})

it('renames and removes', async () => {
  stub(listSavedViews, () => ({ views: [late] }))
  stub(saveView, ({ params, body }) => ({ ...params, ...body }))
  stub(removeView, () => undefined as never)
  const { user } = await openConsole('/differences', ['reconciler'])
  await user.click(await button(t['views.change']))
  const dialog = within(screen.getByRole('dialog'))
  const name = dialog.getByLabelText(t['views.name'])
  await user.clear(name)
  await user.type(name, 'Very late{Enter}')
  await dialog.findByText('Renamed to Very late')
  expect(callsOf(saveView)).toEqual([
    {
      params: { id: late.id },
      body: { list: late.list, name: 'Very late', filters: late.filters },
    },
  ])
  await user.click(dialog.getByRole('button', { name: 'Remove Very late' }))
  await dialog.findByText('Very late was removed')
  expect(callsOf(removeView)).toEqual([{ params: { id: late.id } }])
  dialog.getByText(t['views.none'])
})

it('says so when no more can be kept, and shows the list when views cannot be loaded', async () => {
  const full = Array.from({ length: maxSavedViews }, (_, i) => ({
    ...{ ...late, list: 'audit' as const, name: `View ${i}` },
    id: late.id.replace('00c1', String(1_000 + i)),
  }))
  let isAway = false
  stub(listSavedViews, () => (isAway ? new Problem('not-allowed') : { views: full }))
  const { user } = await openConsole('/differences?state=closed', ['reconciler'])
  await user.click(await button(t['views.save']))
  screen.getByText('You have 50 saved views. Remove one first.')
  isAway = true
  await openConsole('/differences', ['reconciler'])
  await screen.findByText(t['views.away'])
})
