// Messages as a person meets them: the new ones marked and read by being seen, older ones on demand, live ones on top.
import { listMessages, readMessages, type Message } from '@bahi/contracts/notification.ts'
import { screen, waitFor } from '@testing-library/react'
import { expect, it } from 'vitest'
import { callsOf, openApp, stub, sendLive } from '../../testing.tsx'

const message = (seq: number, more: Partial<Message> = {}): Message => ({
  seq,
  id: `01994c00-0000-7000-8000-0000000000${String(seq).padStart(2, '0')}`,
  type: 'payment.settled',
  title: `Received ₹${seq}`,
  text: 'from Ravi Kumar',
  data: {
    paymentId: `01994c00-0000-7000-8000-0000000001${String(seq).padStart(2, '0')}`,
    direction: 'credit',
  },
  at: new Date().toISOString(),
  ...more,
})
const readAt = '2026-11-23T09:30:00.000Z'

it('marks what is new, reports it as read, and leads to the payment', async () => {
  stub(listMessages, () => ({ notifications: [message(2), message(1, { readAt })], unread: 1 }))
  stub(readMessages, () => ({ unread: 0 }))
  await openApp('/notifications')
  const fresh = await screen.findByRole('link', { name: /New:.*Received ₹2/ })
  expect(fresh.getAttribute('href')).toBe('/payments/01994c00-0000-7000-8000-000000000102')
  expect(screen.queryByRole('link', { name: /New:.*Received ₹1/ })).toBeNull()
  await waitFor(() => expect(callsOf(readMessages)).toEqual([{ body: { upToSeq: 2 } }]))
  expect(screen.getByRole('heading', { name: 'Today' })).toBeTruthy()
})

it('shows older ones when asked', async () => {
  stub(listMessages, ({ querystring: { before } }) =>
    before === undefined
      ? { notifications: [message(2, { readAt })], unread: 0, next: 2 }
      : { notifications: [message(1, { readAt })], unread: 0 },
  )
  const { user } = await openApp('/notifications')
  await user.click(await screen.findByRole('button', { name: 'Show older' }))
  expect(await screen.findByRole('link', { name: /Received ₹1/ })).toBeTruthy()
  expect(screen.queryByRole('button', { name: 'Show older' })).toBeNull()
})

it('a live one comes on top, and is read aloud', async () => {
  const all = [message(1, { readAt })]
  stub(listMessages, () => ({ notifications: all, unread: all.length - 1 }))
  stub(readMessages, () => ({ unread: 0 }))
  await openApp('/notifications')
  await screen.findByRole('link', { name: /Received ₹1/ })
  all.unshift(message(2))
  await sendLive(message(2))
  expect(await screen.findByRole('link', { name: /New:.*Received ₹2/ })).toBeTruthy()
  expect(screen.getAllByRole('status').map((one) => one.textContent)).toContain(
    'Received ₹2. from Ravi Kumar',
  )
  // Not while the next test runs.
  await waitFor(() => expect(callsOf(readMessages).at(-1)).toEqual({ body: { upToSeq: 2 } }))
})

it('says when there is nothing', async () => {
  stub(listMessages, () => ({ notifications: [], unread: 0 }))
  await openApp('/notifications')
  expect(await screen.findByText('No notifications yet')).toBeTruthy()
})
