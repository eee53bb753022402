// In production there is no SMS carrier until one is configured: the service is not ready, and loses no message.
import { randomUUID } from 'node:crypto'
import { sendSecret } from '@bahi/contracts/notification.ts'
import { memoryBus } from '@bahi/kit/bus/memory-bus.ts'
import { testPlatform, type TestPlatform } from '@bahi/testing/platform.ts'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { service } from '../app.ts'
import { eventOf, stubServices, newPerson, settledEvent } from '../testing.ts'

const bus = memoryBus()
const stubs = stubServices()
let platform: TestPlatform

beforeAll(async () => {
  platform = await testPlatform(inject('postgresUrl'), {
    services: [service],
    mode: 'production',
    bus,
    stubs: stubs.transport,
  })
})
afterAll(() => platform.stop())

it('readiness names the missing carrier', async () => {
  const { ready, services } = await platform.readiness()
  expect(ready).toBe(false)
  expect(services['notification']?.checks['service']).toContain('no SMS carrier is configured')
})

it('SMS wait without an attempt, and no mail is created', async () => {
  const [asha, ravi] = [newPerson(), newPerson()]
  stubs.register(asha, ravi)
  await bus.publish('payment', [settledEvent(asha, ravi)])
  await bus.publish('auth', [eventOf('auth.registered', asha.userId, { userId: asha.userId })])
  await new Promise((resolve) => setTimeout(resolve, 500))
  const rows = await platform.database.admin`select channel, status, tries from notification.deliveries`
  expect([...rows]).toEqual(
    Array.from({ length: 2 }, () => ({ channel: 'sms', status: 'waiting', tries: 0 })),
  )
  expect(stubs.attempts).toEqual([])
})

it('a one-time code is refused', async () => {
  const body = {
    id: randomUUID(),
    phone: '+919876543210',
    template: 'otp' as const,
    purpose: 'sign-in' as const,
    values: { otp: '482913', minutes: '5' },
  }
  await expect(platform.as('auth')(sendSecret, { body })).rejects.toMatchObject({ code: 'unavailable' })
})
