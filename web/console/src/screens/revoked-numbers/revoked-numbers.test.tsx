// Lists of disconnected numbers in the console: what became of them, and an upload with the day of the list.
import {
  listRevokedNumbers,
  uploadRevokedNumbers,
  type RevokedNumberList,
} from '@bahi/contracts/revoked-numbers.ts'
import { screen, within } from '@testing-library/react'
import { expect, it } from 'vitest'
import { callsOf, openConsole, stub } from '../../testing.tsx'
import { revokedTexts } from './revoked-numbers-texts.ts'

const { en } = revokedTexts
const list: RevokedNumberList = {
  ...{ id: '01994c00-0000-7000-8000-0000000000b1', listedOn: '2026-11-20', by: 'feed' },
  ...{ uploadedAt: '2026-11-21T05:00:00.000Z', part: 1, parts: 1 },
  ...{ rows: 9_871, revoked: 12, alreadyRevoked: 34, provenSince: 56, refused: 1 },
  refusedLines: [{ line: 7, ending: '••10', why: 'later' }],
}

it('shows what became of each list, with refused lines masked, and lets an auditor upload none', async () => {
  const again = { ...list, id: '01994c00-0000-7000-8000-0000000000b2', sentAgainOf: '2026-11-27' }
  const sameDay = { ...list, id: '01994c00-0000-7000-8000-0000000000b3', listedOn: '2026-11-13' }
  stub(listRevokedNumbers, () => ({ lists: [again, list, { ...sameDay, sentAgainOf: sameDay.listedOn }] }))
  await openConsole('/revoked-numbers', ['auditor'])
  await screen.findByText('20 Nov 2026, unchanged on 27 Nov 2026')
  screen.getByText('13 Nov 2026')
  const row = within((await screen.findByText('20 Nov 2026')).closest('tr')!)
  for (const text of [en['revoked.feed'], '9871', '12', '34', '56']) row.getByText(text)
  row.getByText('Line 7, ••10: a day after the list')
  expect(screen.queryByRole('button', { name: en['revoked.new'] })).toBeNull()
})

it('uploads a file with the day that it is of', async () => {
  stub(listRevokedNumbers, () => ({ lists: [] }))
  stub(uploadRevokedNumbers, () => list)
  const { user } = await openConsole('/revoked-numbers', ['operator'])
  await screen.findByText(en['revoked.none'])
  await user.click(screen.getByRole('button', { name: en['revoked.new'] }))
  const dialog = await screen.findByRole('dialog')
  const submit = dialog.querySelector('button[type=submit]')!
  await user.click(submit)
  await within(dialog).findByText(en['revoked.file-wrong'])
  const day = within(dialog).getByLabelText(en['revoked.listed-on'])
  await user.clear(day)
  await user.type(day, '2026-11-20')
  const file = new File(['9876543210\n'], 'mnrl.csv', { type: 'application/vnd.ms-excel' })
  await user.upload(within(dialog).getByLabelText(en['revoked.file']), file)
  await user.click(submit)
  await expect.poll(() => callsOf(uploadRevokedNumbers)).toHaveLength(1)
  expect(callsOf(uploadRevokedNumbers)[0]).toMatchObject({ querystring: { listedOn: '2026-11-20' } })
  await expect.poll(() => screen.queryByRole('dialog')).toBeNull()
})
