// Which queries are saved on the device: the named ones, while they are fresh, and no secret.
import { QueryClient } from '@tanstack/react-query'
import { beforeEach, describe, expect, it } from 'vitest'
import { saveQueries, lastUpdatedMs, maxAgeMs, maySave, restoreQueries } from './saved-queries.ts'
import { memoryStorage } from './device-storage.ts'
import { createEncryptedStorage, type EncryptedStorage } from './encrypted-storage.ts'

let storage: EncryptedStorage
beforeEach(async () => {
  storage = createEncryptedStorage(Promise.resolve(memoryStorage()))
  await storage.open('018f3a00-0000-7000-8000-000000000001')
})

it.each([
  [['me'], true],
  [['payments', 'history', { status: 'failed' }], true],
  [['contacts'], true],
  [['notifications', 'hi'], true],
  [['vpas'], true],
  [['statement', 'id'], false],
  [['accounts', 'id', 'balance'], false],
  [['keys'], false],
  [['sandbox'], false],
  [[{ me: 1 }], false],
  [[], false],
])('%j: %s', (key, may) => {
  expect(maySave(key)).toBe(may)
})

/** Keeps what one client knows and shows it in another. */
async function afterRestart(fill: (client: QueryClient) => void, { isHere = true, nowMs = Date.now() } = {}) {
  const before = new QueryClient()
  const keepNow = saveQueries(before, storage, () => isHere)
  fill(before)
  await keepNow()
  const after = new QueryClient()
  const isSomething = await restoreQueries(after, storage, nowMs)
  return { after, isSomething }
}

describe('after a restart', () => {
  it('shows the named queries, with the time they were fetched', async () => {
    const receivedMs = Date.now() - 60_000
    const { after, isSomething } = await afterRestart((client) => {
      client.setQueryData(['me'], { name: 'Asha' }, { updatedAt: receivedMs })
      client.setQueryData(['statement', 'id'], { balancePaise: 1 })
    })
    expect(isSomething).toBe(true)
    expect(after.getQueryData(['me'])).toEqual({ name: 'Asha' })
    expect(after.getQueryData(['statement', 'id'])).toBeUndefined()
    expect(lastUpdatedMs(after)).toBe(receivedMs)
  })

  it('shows the first pages of a long list, and loads on from there', async () => {
    const pages = [1, 2, 3, 4, 5].map((n) => ({ payments: [n], next: `${n}` }))
    const { after } = await afterRestart((client) =>
      client.setQueryData(['payments', 'history'], { pages, pageParams: ['', '1', '2', '3', '4'] }),
    )
    expect(after.getQueryData(['payments', 'history'])).toEqual({
      pages: pages.slice(0, 3),
      pageParams: ['', '1', '2'],
    })
  })

  it('shows nothing older than a week', async () => {
    const { after, isSomething } = await afterRestart((client) => client.setQueryData(['me'], 1), {
      nowMs: Date.now() + maxAgeMs + 60_000,
    })
    expect([isSomething, after.getQueryData(['me'])]).toEqual([false, undefined])
  })

  it('saves nothing after the person has signed out', async () => {
    const { isSomething } = await afterRestart((client) => client.setQueryData(['me'], 1), { isHere: false })
    expect(isSomething).toBe(false)
  })
})
