// Stops of payments in the console: what is in force, setting one with a reason, and ending it.
import { endStop, listStops, setStop, type PaymentStop } from '@bahi/contracts/payment-stops.ts'
import { screen, within } from '@testing-library/react'
import { expect, it } from 'vitest'
import { en } from '../../language/en.ts'
import { callsOf, openConsole, stub } from '../../testing.tsx'
import { stopsTexts } from './stops-texts.ts'

const { en: own } = stopsTexts
const set = { setBy: '01994c00-0000-7000-8000-0000000000c9', setAt: '2026-11-27T20:00:00.000Z' }
const inForce: PaymentStop = {
  ...{ id: '01994c00-0000-7000-8000-0000000000c2', scope: 'handle', handle: 'ganga' },
  ...{ reason: 'The bank answers nothing', message: 'Ganga bank is down' },
  ...set,
}
const ended: PaymentStop = {
  ...{ id: '01994c00-0000-7000-8000-0000000000c1', scope: 'everything', reason: 'A wrong release' },
  ...set,
  ...{ endedBy: set.setBy, endedAt: '2026-11-20T21:00:00.000Z', endReason: 'Rolled back' },
}

it('shows which are in force, and lets who may not change them only read', async () => {
  stub(listStops, () => ({ stops: [inForce, ended] }))
  await openConsole('/stops', ['support'])
  const row = within((await screen.findByText('@ganga')).closest('tr')!)
  for (const text of [own['stops.in-force'], inForce.reason, 'Ganga bank is down']) row.getByText(text)
  const other = within(screen.getByText(own['stops.everything']).closest('tr')!)
  other.getByText('Rolled back')
  expect(other.queryByText(own['stops.in-force'])).toBeNull()
  for (const name of [own['stops.set'], own['stops.end']])
    expect(screen.queryByRole('button', { name })).toBeNull()
})

it('stops the UPI IDs of a handle with a reason, and ends it with another', async () => {
  stub(listStops, () => ({ stops: [inForce] }))
  stub(setStop, () => inForce)
  stub(endStop, () => ended)
  const { user } = await openConsole('/stops', ['operator'])
  await user.click(await screen.findByRole('button', { name: own['stops.set'] }))
  const dialog = within(await screen.findByRole('dialog'))
  const submit = dialog.getByRole('button', { name: own['stops.set'] })
  await user.selectOptions(dialog.getByLabelText(own['stops.scope']), 'handle')
  await user.type(dialog.getByLabelText(own['stops.message']), 'abc')
  await user.click(submit)
  for (const key of ['stops.handle-wrong', 'stops.message-wrong'] as const) await dialog.findByText(own[key])
  dialog.getByText(en['reason.short'])
  expect(callsOf(setStop)).toEqual([])
  await user.type(dialog.getByLabelText(own['stops.handle-name']), 'Ganga')
  await user.type(dialog.getByLabelText(en['reason.label']), 'The bank answers nothing')
  await user.clear(dialog.getByLabelText(own['stops.message']))
  await user.click(submit)
  await expect
    .poll(() => callsOf(setStop))
    .toMatchObject([{ body: { scope: 'handle', handle: 'ganga', reason: 'The bank answers nothing' } }])
  await expect.poll(() => screen.queryByRole('dialog')).toBeNull()

  await user.click(screen.getByRole('button', { name: own['stops.end'] }))
  const ending = within(await screen.findByRole('dialog'))
  await user.type(ending.getByLabelText(en['reason.label']), 'It answers again')
  await user.click(ending.getByRole('button', { name: own['stops.end'] }))
  await expect
    .poll(() => callsOf(endStop))
    .toMatchObject([{ params: { id: inForce.id }, body: { reason: 'It answers again' } }])
})
