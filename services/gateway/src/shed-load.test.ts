// What is too much for a service is refused at the door, for a moment, and told as such.
import { uuidv7 } from '@bahi/contracts/id.ts'
import { Problem, toDocument } from '@bahi/contracts/problem.ts'
import { jumpingClock } from '@bahi/kit/testing.ts'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { openDoor, type Door } from './testing.ts'

const clock = jumpingClock()
let door: Door
beforeAll(async () => (door = await openDoor(inject('postgresUrl'), { clock })))
afterAll(() => door.stop())

const refusal = new Problem('overloaded', undefined, { retryAfterS: 1 })
const overloaded = () => {
  const body = Buffer.from(JSON.stringify(toDocument(refusal)))
  const headers = {
    'content-type': 'application/problem+json',
    'content-length': String(body.length),
    'retry-after': '1',
  }
  return { status: 503, headers, body: Readable.from([body]) }
}
const ask = async (method: string, path: string) => {
  const headers = { authorization: `Bearer ${await door.token()}`, 'content-type': 'application/json' }
  const body = method === 'PUT' ? { body: '{}' } : {}
  return door.fetch(path, { method, headers, ...body })
}

it('a service that has too much to do is left alone for a moment, and then asked again', async () => {
  let asked = 0
  door.answers.by = () => {
    asked += 1
    return overloaded()
  }
  for (let nth = 0; nth < 5; nth++) {
    const answer = await ask('PUT', `/v1/payments/${uuidv7()}`)
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('1')
    expect(await answer.json()).toMatchObject({ code: 'overloaded' })
  }
  const before = asked
  expect(before).toBeLessThan(5)
  clock.jump(1_000)
  await ask('PUT', `/v1/payments/${uuidv7()}`)
  expect(asked).toBe(before + 1)
})

it('other routes go on meanwhile', async () => {
  door.answers.by = overloaded
  await ask('PUT', `/v1/payments/${uuidv7()}`)
  const body = Buffer.from('{}')
  door.answers.by = () => ({ status: 200, headers: { 'content-length': '2' }, body: Readable.from([body]) })
  expect((await ask('GET', `/v1/payments/${uuidv7()}`)).status).toBe(200)
})

it('another kind of 503 closes nothing', async () => {
  clock.jump(1_000)
  let asked = 0
  door.answers.by = () => {
    asked += 1
    throw new Problem('unavailable')
  }
  for (let nth = 0; nth < 3; nth++) expect((await ask('PUT', `/v1/payments/${uuidv7()}`)).status).toBe(503)
  expect(asked).toBe(3)
})
