// A statement that somebody shows: its file is hashed here, and only the hash is sent.
import { createHash } from 'node:crypto'
import { verifyStatement } from '@bahi/contracts/statements.ts'
import { act, screen } from '@testing-library/react'
import { beforeEach, expect, test, vi } from 'vitest'
import { callsOf, openApp, stub } from '../../testing.tsx'

const id = '01994c00-0000-7000-8000-00000000000e'
const text = 'Statement of UPI payments'
const sha256 = createHash('sha256').update(text).digest('hex')
const genuine = {
  ...{ genuine: true, fromOn: '2026-11-01', toOn: '2026-11-27', madeAt: '2026-11-27T09:30:00.000Z' },
  ...{ auditHash: 'ab'.repeat(32), account: 'XXXXXXXX1234' },
}
beforeEach(() =>
  stub(verifyStatement, ({ querystring }) => (querystring.sha256 === sha256 ? genuine : { genuine: false })),
)

async function choose(path: string, content: string) {
  const { user } = await openApp(path)
  const file = new File([content], 'bahi.pdf', { type: 'application/pdf' })
  await user.upload(await screen.findByLabelText('Choose the file', { selector: 'input' }), file)
}

test('a genuine one is shown with what is printed on it', async () => {
  await choose(`/verify/${id.toUpperCase()}`, text)
  await screen.findByText('“bahi.pdf” is the statement as we made it.')
  for (const fact of ['1 Nov 2026 – 27 Nov 2026', 'XXXXXXXX1234', '27 Nov 2026, 3:00 pm', sha256])
    screen.getByText(fact)
  expect(callsOf(verifyStatement)).toMatchObject([{ params: { id }, querystring: { sha256 } }])
})

test('one that was changed is not genuine', async () => {
  await choose(`/verify/${id}`, `${text}!`)
  await screen.findByText('Not genuine')
  expect(screen.queryByText('XXXXXXXX1234')).toBeNull()
})

test('without a network no file is chosen, and it is said why', async () => {
  await openApp(`/verify/${id}`)
  const button = await screen.findByRole('button', { name: 'Choose the file' })
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
  act(() => void window.dispatchEvent(new Event('offline')))
  expect(button).toHaveProperty('disabled', true)
  screen.getByText('You’re offline. Check your connection and try again.')
})

test('an address that names no statement asks for nothing', async () => {
  await choose('/verify/none', text)
  await screen.findByText('Not genuine')
  expect(callsOf(verifyStatement)).toEqual([])
})
