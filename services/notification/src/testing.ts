// For tests: events as other services publish them, and neighbours that answer, fail, and remember what they carried.
import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import type { EventData, EventType } from '@bahi/contracts/events.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { Problem, toDocument, type ProblemCode } from '@bahi/contracts/problem.ts'
import type { Profile } from '@bahi/contracts/user.ts'
import type { CloudEvent } from '@bahi/kit/bus/bus.ts'
import { systemClock, type Clock } from '@bahi/kit/clock.ts'
import type { Transport } from '@bahi/kit/transport/transport.ts'

export type TestPerson = { userId: string; vpa: string; name: string; phone: string }

let people = 0
export function newPerson(name = 'Asha Rao'): TestPerson {
  people += 1
  return {
    userId: randomUUID(),
    vpa: `p${people}@bahi`,
    name,
    phone: `+9190000${String(people).padStart(5, '0')}`,
  }
}

export function eventOf<T extends EventType>(type: T, subject: string, data: EventData<T>): CloudEvent {
  return {
    specversion: '1.0',
    id: uuidv7(),
    source: `/${type.split('.')[0]}`,
    type,
    subject,
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    bahiversion: 1,
    bahiseq: 1,
    data,
  }
}

export type Payer = { userId?: string; vpa: string; name: string }

const partyOf = ({ userId, vpa, name }: Payer) => ({ ...(userId ? { userId } : {}), vpa, name })

export function paymentOf(payer: Payer, payee: Payer, amountPaise = 250_00) {
  return {
    paymentId: uuidv7(),
    txnId: `BHI${uuidv7().replaceAll('-', '')}`,
    rrn: '632715000001',
    amountPaise,
    payer: partyOf(payer),
    payee: partyOf(payee),
  }
}

export function settledEvent(payer: Payer, payee: Payer, amountPaise?: number) {
  const payment = paymentOf(payer, payee, amountPaise)
  return eventOf('payment.settled', payment.paymentId, { ...payment, settledAt: new Date().toISOString() })
}

/** A clock that runs as the machine's, and can be moved on. */
export function movableClock(): Clock & { advance(ms: number): void } {
  let aheadMs = 0
  return {
    now: () => new Date(Date.now() + aheadMs),
    sleep: (ms, signal) => systemClock.sleep(ms, signal),
    advance(ms) {
      aheadMs += ms
    },
  }
}

type Sms = { id: string; to: string; text: string }
export type Neighbours = {
  carry: Transport
  /** What user knows; a person without a profile here is known to auth only. */
  profiles: Map<string, Partial<Profile>>
  persons: Map<string, TestPerson>
  /** Taken by the carrier, each id once. */
  taken: Map<string, Sms>
  /** Every try, taken or not. */
  tries: Sms[]
  /** What each neighbour refuses everything with. */
  fails: { sandbox?: ProblemCode; user?: ProblemCode }
  meet(...people: TestPerson[]): void
}

/** User, auth and the SMS carrier. */
export function neighbours(): Neighbours {
  const stage: Neighbours = {
    profiles: new Map(),
    persons: new Map(),
    taken: new Map(),
    tries: [],
    fails: {},
    meet(...met) {
      for (const { userId, name, phone } of met) {
        stage.profiles.set(userId, {
          userId,
          name,
          phone,
          language: 'en',
          createdAt: new Date().toISOString(),
        })
      }
      for (const person of met) stage.persons.set(person.userId, person)
    },
    carry(service, { path, body }) {
      const input = typeof body === 'string' ? (JSON.parse(body) as unknown) : undefined
      if (service === 'user')
        return Promise.resolve(stage.fails.user ? refuse(stage.fails.user) : find(input))
      if (service === 'auth') return Promise.resolve(personAt(path))
      if (service === 'sandbox') return Promise.resolve(carrySms(input as Sms))
      throw new Error(`nobody expected a call of ${service}`)
    },
  }
  const find = (input: unknown) => {
    const { userIds } = input as { userIds: string[] }
    return answer(200, { profiles: userIds.flatMap((id) => stage.profiles.get(id) ?? []) })
  }
  const personAt = (path: string) => {
    const person = stage.persons.get(path.split(/[/?]/)[4] ?? '')
    if (!person) return refuse('not-found')
    const { userId, phone } = person
    return answer(200, { userId, phone, role: 'person', createdAt: new Date().toISOString() })
  }
  const carrySms = (sms: Sms) => {
    stage.tries.push(sms)
    if (stage.fails.sandbox) return refuse(stage.fails.sandbox)
    if (!stage.taken.has(sms.id)) stage.taken.set(sms.id, sms)
    return answer(202, { id: sms.id })
  }
  return stage
}

const answer = (status: number, document: unknown) => ({
  status,
  headers: {},
  body: Readable.from([JSON.stringify(document)]),
})

function refuse(code: ProblemCode) {
  const problem = new Problem(code)
  return answer(problem.status, toDocument(problem))
}
