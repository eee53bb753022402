// The charts of payments: what each says to who cannot see it, their table, and how far back they go.
import { showPaymentMinutes } from '@bahi/contracts/payment-minutes.ts'
import { findPayments } from '@bahi/contracts/look-up.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { screen, within } from '@testing-library/react'
import { expect, it } from 'vitest'
import { en } from '../language/en.ts'
import { callsOf, openConsole, stub } from '../testing.tsx'
import { chartsTexts } from './charts-texts.ts'

const t = chartsTexts.en
const at = '2026-11-27T10:07:30.000Z'
const minute = {
  ...{ minute: '2026-11-27T10:06:00.000Z', settled: 19, failed: 1, pending: 2 },
  ...{ p99Ms: 1_240, oldestPendingS: 95 },
}

async function open() {
  stub(findPayments, () => ({ payments: [] }))
  const opened = await openConsole('/payments', ['support'])
  await screen.findByText(en['payments.none-in-doubt'])
  // Nobody who looks for a payment waits for charts.
  expect(callsOf(showPaymentMinutes)).toEqual([])
  await opened.user.click(screen.getByRole('button', { name: en['payments.over-time'] }))
  return opened
}

it('says what each chart shows, and shows the same as a table', async () => {
  stub(showPaymentMinutes, () => ({ at, minutes: [minute] }))
  const { user, address } = await open()
  const images = await screen.findAllByRole('img', { name: /2:37 pm to 3:36 pm/ })
  expect(images.map((image) => image.getAttribute('aria-label')!.replace(/^.*Last: /, ''))).toEqual([
    'Paid 19, Failed 1, In doubt 2.',
    'Success rate 95%.',
    'p99 1.2 secs.',
    'Oldest in doubt 1.6 mins.',
  ])
  await user.click(screen.getByRole('button', { name: t['charts.table'] }))
  const rows = within(screen.getByRole('table')).getAllByRole('row')
  expect(rows).toHaveLength(61)
  const cells = (row: HTMLElement) => [...row.querySelectorAll('td')].map((cell) => cell.textContent)
  expect(cells(rows[1]!)).toEqual(['3:36 pm', '19', '1', '2', '95%', '1.2 secs', '1 minute'])
  expect(new Set(cells(rows[2]!).slice(1))).toEqual(new Set([t['charts.unknown']]))
  await user.click(screen.getByRole('radio', { name: t['charts.24h'] }))
  await screen.findByText('Each point is 15 minutes.')
  expect(callsOf(showPaymentMinutes).map(({ querystring }) => querystring.minutes)).toEqual([60, 1_440])
  expect(address()).toBe('/payments?span=24h')
})

it('says when nothing was counted, and when it cannot be loaded', async () => {
  let isAway = true
  stub(showPaymentMinutes, () => (isAway ? new Problem('not-allowed') : { at, minutes: [] }))
  const { user } = await open()
  await screen.findByText(en['problem.not-allowed'])
  isAway = false
  await user.click(screen.getByRole('button', { name: en['action.retry'] }))
  await screen.findByText(t['charts.none'])
})
