// A person leaves: nothing of them is left, also of what is consumed while they do, and later.
import { eraseInNotification } from '@bahi/contracts/erasure.ts'
import { listMessages } from '@bahi/contracts/notification.ts'
import type { CloudEvent } from '@bahi/kit/bus/bus.ts'
import { memoryBus } from '@bahi/kit/bus/memory-bus.ts'
import { testPlatform, type TestPlatform } from '@bahi/testing/platform.ts'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { service } from '../app.ts'
import { newPerson, settledEvent, stubServices } from '../testing.ts'

const bus = memoryBus()
const stubs = stubServices()
let platform: TestPlatform
beforeAll(async () => {
  const options = { services: [service], bus, stubs: stubs.transport }
  platform = await testPlatform(inject('postgresUrl'), options)
})
afterAll(() => platform.stop())
const publish = (event: CloudEvent) => bus.publish('payment', [event])

it('what comes late about a closed account leads to no message, but for the other one of a payment', async () => {
  const [asha, ravi] = [newPerson('Asha Rao'), newPerson('Ravi Kumar')]
  for (const one of [asha, ravi]) stubs.register(one)
  await publish(settledEvent(asha, ravi))
  const params = { userId: asha.userId }
  const end = () => platform.as('user')(eraseInNotification, { params, body: { stage: 'close', vpas: [] } })
  // While messages are made.
  await Promise.all([publish(settledEvent(asha, ravi)), end(), publish(settledEvent(ravi, asha))])
  await publish(settledEvent(asha, ravi))
  await end()
  const left = async (table: string) => {
    const rows = await platform.database.admin.unsafe<{ row: Record<string, unknown> }[]>(
      `select to_jsonb(t) as row from notification.${table} t where user_id = $1`,
      [asha.userId],
    )
    return rows.map(({ row }) => row)
  }
  expect([await left('messages'), await left('deliveries')]).toEqual([[], []])
  expect(await left('people')).toMatchObject([{ has_ended: true, has_email: null, muted: {} }])
  const own = platform.person({ userId: ravi.userId })
  expect(await own(listMessages, { querystring: {} })).toMatchObject({ unread: 4 })
})
