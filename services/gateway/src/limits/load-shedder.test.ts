// Requests beyond what a service can take are refused by the gateway, with the same problem.
import { uuidv7 } from '@bahi/contracts/id.ts'
import { Problem, toDocument } from '@bahi/contracts/problem.ts'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, beforeEach, expect, inject, it } from 'vitest'
import { startGateway, type TestGateway } from '../testing.ts'

let gateway: TestGateway
beforeAll(async () => (gateway = await startGateway(inject('postgresUrl'))))
afterAll(() => gateway.stop())

const respond = (status: number, document: unknown) => {
  const body = Buffer.from(JSON.stringify(document))
  const type = status === 200 ? 'application/json' : 'application/problem+json'
  const headers = {
    'content-type': type,
    'content-length': String(body.length),
    ...(status === 503 ? { 'retry-after': '1' } : {}),
  }
  return { status, headers, body: Readable.from([body]) }
}
const overloaded = () => respond(503, toDocument(new Problem('overloaded', undefined, { retryAfterS: 1 })))

/** A stub service that works on so many requests at once, and refuses more. */
const slots = 20
let working = 0
let received = 0
let finish: () => void
let finished: Promise<void>
beforeEach(() => {
  received = 0
  finished = new Promise((done) => (finish = done))
  gateway.stubs.service = async () => {
    received += 1
    if (working >= slots) return overloaded()
    working += 1
    await finished
    working -= 1
    return respond(200, {})
  }
})

const send = async (method = 'PUT') => {
  const headers = { authorization: `Bearer ${await gateway.token()}`, 'content-type': 'application/json' }
  const body = method === 'PUT' ? { body: '{}' } : {}
  return gateway.fetch(`/v1/payments/${uuidv7()}`, { method, headers, ...body })
}
const many = (count: number) => Array.from({ length: count }, () => send())

it('another kind of 503 sheds no load', async () => {
  gateway.stubs.service = () => {
    received += 1
    throw new Problem('unavailable')
  }
  await Promise.all(many(30))
  await Promise.all(many(30))
  expect(received).toBe(60)
})

it('after an overloaded response further requests are refused without being forwarded', async () => {
  const accepted = many(slots)
  await expect.poll(() => working).toBe(slots)
  const first = await send()
  expect(first.status).toBe(503)
  expect(received).toBe(slots + 1)

  const refused = await Promise.all(many(50))
  for (const response of refused) {
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('1')
    expect(await response.json()).toMatchObject({ code: 'overloaded' })
  }
  expect(received).toBe(slots + 1)

  finish()
  expect((await Promise.all(accepted)).map(({ status }) => status)).toEqual(Array(slots).fill(200))
})

it('once the service has completed its work, requests are forwarded again', async () => {
  const accepted = many(slots)
  await expect.poll(() => working).toBe(slots)
  await Promise.all(many(10))
  finish()
  await Promise.all(accepted)
  const responses = await Promise.all(many(slots))
  expect(responses.map(({ status }) => status)).toEqual(Array(slots).fill(200))
})

it('other routes are not affected', async () => {
  const accepted = many(slots)
  await expect.poll(() => working).toBe(slots)
  await Promise.all(many(10))
  working = 0
  const read = send('GET')
  await expect.poll(() => working).toBe(1)
  finish()
  expect((await read).status).toBe(200)
  await Promise.all(accepted)
  working = 0
})
