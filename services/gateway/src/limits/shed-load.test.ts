// What is too much for a service is refused at the door while it has its hands full, and told as such.
import { uuidv7 } from '@bahi/contracts/id.ts'
import { Problem, toDocument } from '@bahi/contracts/problem.ts'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, beforeEach, expect, inject, it } from 'vitest'
import { openDoor, type Door } from '../testing.ts'

let door: Door
beforeAll(async () => (door = await openDoor(inject('postgresUrl'))))
afterAll(() => door.stop())

const answered = (status: number, document: unknown) => {
  const body = Buffer.from(JSON.stringify(document))
  const type = status === 200 ? 'application/json' : 'application/problem+json'
  const headers = {
    'content-type': type,
    'content-length': String(body.length),
    ...(status === 503 ? { 'retry-after': '1' } : {}),
  }
  return { status, headers, body: Readable.from([body]) }
}
const overloaded = () => answered(503, toDocument(new Problem('overloaded', undefined, { retryAfterS: 1 })))

/** A service that works on so many at once, and refuses what is more. */
const places = 20
let working = 0
let asked = 0
let finish: () => void
let finished: Promise<void>
beforeEach(() => {
  asked = 0
  finished = new Promise((done) => (finish = done))
  door.answers.by = async () => {
    asked += 1
    if (working >= places) return overloaded()
    working += 1
    await finished
    working -= 1
    return answered(200, {})
  }
})

const ask = async (method = 'PUT') => {
  const headers = { authorization: `Bearer ${await door.token()}`, 'content-type': 'application/json' }
  const body = method === 'PUT' ? { body: '{}' } : {}
  return door.fetch(`/v1/payments/${uuidv7()}`, { method, headers, ...body })
}
const many = (count: number) => Array.from({ length: count }, () => ask())

it('another kind of 503, or none at all, closes nothing', async () => {
  door.answers.by = () => {
    asked += 1
    throw new Problem('unavailable')
  }
  await Promise.all(many(30))
  await Promise.all(many(30))
  expect(asked).toBe(60)
})

it('a service that has its hands full is spared what is more, which is told so', async () => {
  const taken = many(places)
  await expect.poll(() => working).toBe(places)
  const first = await ask()
  expect(first.status).toBe(503)
  expect(asked).toBe(places + 1)

  const spared = await Promise.all(many(50))
  for (const answer of spared) {
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('1')
    expect(await answer.json()).toMatchObject({ code: 'overloaded' })
  }
  expect(asked).toBe(places + 1)

  finish()
  expect((await Promise.all(taken)).map(({ status }) => status)).toEqual(Array(places).fill(200))
})

it('when it has answered what it had it is asked as ever', async () => {
  const taken = many(places)
  await expect.poll(() => working).toBe(places)
  await Promise.all(many(10))
  finish()
  await Promise.all(taken)
  const answers = await Promise.all(many(places))
  expect(answers.map(({ status }) => status)).toEqual(Array(places).fill(200))
})

it('other routes go on meanwhile', async () => {
  const taken = many(places)
  await expect.poll(() => working).toBe(places)
  await Promise.all(many(10))
  working = 0
  const read = ask('GET')
  await expect.poll(() => working).toBe(1)
  finish()
  expect((await read).status).toBe(200)
  await Promise.all(taken)
  working = 0
})
