// The developer's page: a payment drawn as it comes, and no such page where there is no sandbox.
import { feed, paymentTrace, type FeedItem } from '@bahi/contracts/feed.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { readInbox } from '@bahi/contracts/sandbox.ts'
import { listScenarios } from '@bahi/contracts/scenario.ts'
import { screen } from '@testing-library/react'
import { expect, test, vi } from 'vitest'
import { callsOf, openApp, stub } from '../../testing.tsx'

const paymentId = '01994c00-0000-7000-8000-00000000000a'
const txnId = `BHI${paymentId.replaceAll('-', '')}`
const at = '2026-11-23T09:30:00.000Z'
const begun: FeedItem = {
  seq: 1,
  id: 'e1',
  service: 'payment',
  type: 'payment.begun',
  at,
  receivedAt: at,
  paymentId,
  data: {
    txnId,
    route: 'ledger',
    amountPaise: 2_500,
    payer: { vpa: 'a•••@bahi' },
    payee: { vpa: 'r•••@bahi' },
  },
}

test('a payment that happens is listed and drawn', async () => {
  const events: FeedItem[] = []
  stub(readInbox, () => ({ messages: [] }))
  stub(listScenarios, () => ({ seed: 'x', rules: [], addresses: [] }))
  stub(feed, ({ querystring: { after = 0 } }) => ({
    events: events.filter(({ seq }) => seq > after),
    last: events.length,
  }))
  stub(paymentTrace, () => ({ movements: [], network: [] }))
  await openApp('/developer', { signedIn: false })
  await screen.findByText('No payments yet.')
  events.push(begun)
  await screen.findByRole('img', { name: '₹25.00: a•••@bahi → r•••@bahi' })
  expect(callsOf(paymentTrace)[0]).toEqual({ params: { paymentId }, querystring: { txnId } })
  events.push({ ...begun, seq: 2, id: 'e2', type: 'payment.settled' })
  await vi.waitFor(() => expect(screen.getAllByText('Settled').length).toBeGreaterThan(0))
})

test('where there is no sandbox there is nothing to see', async () => {
  stub(readInbox, () => new Problem('not-found'))
  await openApp('/developer', { signedIn: false })
  await screen.findByText('Only a sandbox has this page.')
})
