// The page of health: what is known of services, money, work and backups, and what needs a look.
import { readHealth, type PlatformHealth } from '@bahi/contracts/health.ts'
import { showPaymentMinutes } from '@bahi/contracts/payment-minutes.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { screen } from '@testing-library/react'
import { expect, it } from 'vitest'
import { en } from '../../language/en.ts'
import { openConsole, stub } from '../../testing.tsx'

it('shows health: what needs a look, what is not known, and the last of it when it cannot be renewed', async () => {
  const service = { since: '2026-11-01T10:00:00.000Z', version: '1.2.3', stalledWorkers: [] }
  const health: PlatformHealth = {
    at: new Date().toISOString(),
    services: [
      { ...service, name: 'gateway', status: 'up', dependencies: [{ name: 'cache', up: true }] },
      { ...service, name: 'payment', status: 'degraded', dependencies: [{ name: 'bus', up: false }] },
      { ...service, name: 'audit', status: 'down', dependencies: [] },
    ],
    payments: { minutes: 5, settled: 19, failed: 1, pending: 2, pendingOldestS: 90, deemed: 0 },
    bookFaults: 0,
    queues: [{ name: 'bahi.payment', waiting: 3, deadLetters: 1 }],
    unpublished: [],
    dueWork: [{ service: 'payment', kind: 'debit', lateS: 70, givenUp: 0 }],
    differences: [{ kind: 'amount-differs', open: 4, oldestS: 600 }],
    backup: {
      lastSuccessAt: new Date().toISOString(),
      lastVerifiedAt: new Date(Date.now() - 86_400_000).toISOString(),
      verificationFailedAt: new Date(Date.now() - 3_600_000).toISOString(),
    },
  }
  let isAway = false
  stub(showPaymentMinutes, () => ({ at: health.at, minutes: [] }))
  stub(readHealth, () => (isAway ? new Problem('unavailable') : health))
  const { user } = await openConsole('/health', ['auditor'])
  await screen.findByText('audit doesn’t answer')
  expect(screen.getByText('5 things need a look')).toBeDefined()
  for (const text of [
    en['health.verification-failed'],
    'payment works with limits',
    'debit is 1 minute late',
    '95%',
    '19 of 20',
    'They hold',
  ])
    expect(screen.getByText(text)).toBeDefined()
  expect(screen.getByText('Not known: audit doesn’t answer.')).toBeDefined()
  expect(screen.getByText('Bus (RabbitMQ) is away')).toBeDefined()
  isAway = true
  await user.click(await screen.findByRole('button', { name: en['health.again'] }))
  await screen.findByText(/could not be refreshed/)
  expect(screen.getByText('They hold')).toBeDefined()
})
