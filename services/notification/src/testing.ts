// For tests: events as other services publish them, and stubs of other services that answer, fail, and record SMS.
import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import type { Input } from '@bahi/contracts/call.ts'
import type { EventData, EventType } from '@bahi/contracts/events.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { Problem, toDocument, type ProblemCode } from '@bahi/contracts/problem.ts'
import { verifyStepUp } from '@bahi/contracts/step-up.ts'
import type { Profile } from '@bahi/contracts/user.ts'
import type { CloudEvent } from '@bahi/kit/bus/bus.ts'
import { systemClock, type Clock } from '@bahi/kit/clock.ts'
import type { Transport } from '@bahi/kit/transport/transport.ts'

/** The password of everybody. */
export const goodPassword = 'khata-kholo-2026'

export type TestPerson = { userId: string; vpa: string; name: string; phone: string }

let personCount = 0
export function newPerson(name = 'Asha Rao'): TestPerson {
  personCount += 1
  return {
    userId: randomUUID(),
    vpa: `p${personCount}@bahi`,
    name,
    phone: `+9190000${String(personCount).padStart(5, '0')}`,
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

const party = ({ userId, vpa, name }: Payer) => ({ ...(userId ? { userId } : {}), vpa, name })

export function paymentOf(payer: Payer, payee: Payer, amountPaise = 250_00) {
  return {
    paymentId: uuidv7(),
    txnId: `BHI${uuidv7().replaceAll('-', '')}`,
    rrn: '632715000001',
    amountPaise,
    payer: party(payer),
    payee: party(payee),
  }
}

export function settledEvent(payer: Payer, payee: Payer, amountPaise?: number) {
  const payment = paymentOf(payer, payee, amountPaise)
  return eventOf('payment.settled', payment.paymentId, { ...payment, settledAt: new Date().toISOString() })
}

/** The system's clock, which can be moved forward. */
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
export type ServiceStubs = {
  transport: Transport
  /** Profiles of the user service; a person without one here is known to auth only. */
  profiles: Map<string, Partial<Profile>>
  persons: Map<string, TestPerson>
  /** SMS that the carrier accepted, each id once. */
  accepted: Map<string, Sms>
  /** Every attempt, accepted or not. */
  attempts: Sms[]
  /** With which problem a service refuses everything. */
  failures: { sandbox?: ProblemCode; user?: ProblemCode }
  register(...people: TestPerson[]): void
}

/** Stubs of user, auth and the SMS carrier. */
export function stubServices(): ServiceStubs {
  const stubs: ServiceStubs = {
    profiles: new Map(),
    persons: new Map(),
    accepted: new Map(),
    attempts: [],
    failures: {},
    register(...people) {
      for (const { userId, name, phone } of people) {
        stubs.profiles.set(userId, {
          userId,
          name,
          phone,
          language: 'en',
          createdAt: new Date().toISOString(),
        })
      }
      for (const person of people) stubs.persons.set(person.userId, person)
    },
    transport(service, { path, body }) {
      const input = typeof body === 'string' ? (JSON.parse(body) as unknown) : undefined
      if (service === 'user')
        return Promise.resolve(stubs.failures.user ? refuse(stubs.failures.user) : find(input))
      if (path === verifyStepUp.url) return Promise.resolve(prove(input))
      if (service === 'auth') return Promise.resolve(personAt(path))
      if (service === 'sandbox') return Promise.resolve(acceptSms(input as Sms))
      throw new Error(`unexpected call to ${service}`)
    },
  }
  const find = (input: unknown) => {
    const { userIds } = input as { userIds: string[] }
    return answer(200, { profiles: userIds.flatMap((id) => stubs.profiles.get(id) ?? []) })
  }
  const prove = (input: unknown) => {
    const { userId, stepUp } = input as Input<typeof verifyStepUp>['body']
    const isGood = 'password' in stepUp && stepUp.password === goodPassword
    return isGood ? answer(200, { userId }) : refuse('password-wrong')
  }
  const personAt = (path: string) => {
    const person = stubs.persons.get(path.split(/[/?]/)[4] ?? '')
    if (!person) return refuse('not-found')
    const { userId, phone } = person
    return answer(200, { userId, phone, roles: ['customer'], createdAt: new Date().toISOString() })
  }
  const acceptSms = (sms: Sms) => {
    stubs.attempts.push(sms)
    if (stubs.failures.sandbox) return refuse(stubs.failures.sandbox)
    if (!stubs.accepted.has(sms.id)) stubs.accepted.set(sms.id, sms)
    return answer(202, { id: sms.id })
  }
  return stubs
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
