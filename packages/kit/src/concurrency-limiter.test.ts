// The concurrency limiter: so many slots, each released once.
import { expect, it } from 'vitest'
import { concurrencyLimiter } from './concurrency-limiter.ts'

it('has so many slots, and each is released once', () => {
  const limiter = concurrencyLimiter(2)
  const release = limiter.acquire()!
  expect(limiter.acquire()).toBeTypeOf('function')
  expect(limiter.acquire()).toBeUndefined()
  release()
  release()
  expect(limiter.inUse()).toBe(1)
  expect(limiter.acquire()).toBeTypeOf('function')
  expect(limiter.acquire()).toBeUndefined()
})
