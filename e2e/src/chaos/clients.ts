// People who pay while everything dies around them: with retries under the same id, as an app does, and a good results.
import { setTimeout as delay } from 'node:timers/promises'
import { uuidv7 } from '@bahi/contracts/id.ts'
import * as payment from '@bahi/contracts/payment.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import * as sandbox from '@bahi/contracts/sandbox.ts'
import type { JWK } from 'jose'
import {
  apiAt,
  becomeCustomer,
  login,
  pinKeys,
  register,
  sealPin,
  type Customer,
  type SignedInPerson,
} from '@bahi/platform/api-client.ts'
import type { Acknowledged } from '../checker/check.ts'
import type { HttpClient } from './http-client.ts'

export type Client = Customer & { tries: number }

export type Results = {
  tried: number
  /** Every answer that said something new about a payment. */
  acknowledged: Acknowledged[]
  /** Refused at the first try: surely not done. */
  refused: Set<string>
  /** Payments that nobody ever got an answer for. */
  unanswered: Set<string>
  /** Why people did not get as far as paying. */
  lost: Map<string, number>
  /** What an answer said that no answer may say. */
  faults: { rule: string; detail: string }[]
}

export type Clients = {
  all: Client[]
  results: Results
  /** Registers so many more people; those whose registration breaks half way are left as they are. */
  register(count: number): Promise<void>
  /** One person does one thing: pays, now and then with a wrong PIN, and reads. Never throws. */
  act(roll: () => number): Promise<void>
  /** Asks for everything that is pending until it is final, or until the time is over. */
  awaitPending(timeoutMs: number): Promise<void>
}

export type ClientOptions = {
  http: HttpClient
  /** Whether the network works: then people pay to other apps too, and are paid from them. */
  network: boolean
  /** How long a person tries a payment. */
  patienceMs: number
  ended(): boolean
}

const base = 'http://bahi'
const password = 'toofan-mein-diya-9'
const pin = '4071'
/** A day allows twenty: a few beyond it are refused by the limits. */
const maxTries = 22
/** The network's addresses that do as they are called. */
const scenarios = ['ok', 'timeout', 'late', 'twice', 'declined.z9', 'deemed'].map((name) => `${name}@sandbox`)
const tryAgain = ['unavailable', 'timeout', 'overloaded', 'internal', 'bank-unreachable', 'rate-limited']

export function createClients({ http, network, patienceMs, ended }: ClientOptions): Clients {
  const results: Results = {
    tried: 0,
    acknowledged: [],
    refused: new Set(),
    unanswered: new Set(),
    lost: new Map(),
    faults: [],
  }
  const all: Client[] = []
  const outsiders: string[] = []
  const last = new Map<string, payment.PaymentView>()
  const pending = new Map<string, Client>()
  let people = 0
  let keys: JWK[] | undefined

  function remember(person: Client, answer: payment.PaymentView): void {
    const before = last.get(answer.id)
    const told = { ...answer, pending: undefined }
    if (before && JSON.stringify(before) === JSON.stringify(told)) return
    if (before && before.status !== 'pending')
      results.faults.push({
        rule: 'an-answer-changed',
        detail: `${answer.id}: ${before.status}, then ${answer.status}`,
      })
    last.set(answer.id, told)
    results.acknowledged.push({ paymentId: answer.id, userId: person.userId, answer })
    results.unanswered.delete(answer.id)
    if (answer.status === 'pending') pending.set(answer.id, person)
    else pending.delete(answer.id)
  }

  /** Again and again while it may help; a token that is too old is replaced. Undefined when patience ends. */
  async function insist<T>(
    person: Client,
    ask: (person: Client) => Promise<T>,
    patience = patienceMs,
  ): Promise<{ answer: T } | { refusal: Problem; first: boolean } | undefined> {
    const until = Date.now() + patience
    for (let tries = 0, waitMs = 150; Date.now() < until; tries++, waitMs = Math.min(waitMs * 2, 2_000)) {
      try {
        return { answer: await ask(person) }
      } catch (error) {
        if (error instanceof Problem && error.code === 'unauthenticated') {
          await login(base, person, http.send).then(
            (fresh: SignedInPerson) => void Object.assign(person, { token: fresh.token, call: fresh.call }),
            () => undefined,
          )
        } else if (error instanceof Problem && !tryAgain.includes(error.code)) {
          return { refusal: error, first: tries === 0 }
        }
      }
      await delay(waitMs * (0.5 + Math.random()))
    }
    return undefined
  }

  async function paySomebody(payer: Client, roll: () => number): Promise<void> {
    const id = uuidv7()
    const outside = network && roll() < 0.3
    const others = all.filter((one) => one !== payer)
    const payeeVpa = outside || others.length === 0 ? anyOf(scenarios, roll) : anyOf(others, roll).vpa
    const amountPaise = 100 + Math.floor(roll() * 240_00)
    const wrong = roll() < 0.03
    const block = { pin: wrong ? '9301' : pin, purpose: 'pay', paymentId: id, amountPaise, payeeVpa } as const
    keys ??= await pinKeys(apiAt(base, undefined, http.send)).catch(() => undefined)
    if (!keys) return
    const sealed = await sealPin(keys, block, payer.bank)
    results.tried += 1
    results.unanswered.add(id)
    const body = { payerVpa: payer.vpa, payeeVpa, amountPaise, note: 'storm', pin: sealed }
    const ended = await insist(payer, ({ call }) => call(payment.pay, { params: { id }, body }))
    if (!ended) return
    if ('answer' in ended) return remember(payer, ended.answer)
    const { refusal, first } = ended
    if (first) results.refused.add(id)
    results.unanswered.delete(id)
    results.faults.push({
      rule: 'a-good-payment-was-refused',
      detail: `${id}: ${refusal.code} ${refusal.message}`,
    })
  }

  async function show(person: Client, id: string): Promise<void> {
    const shown = await insist(person, ({ call }) => call(payment.showPayment, { params: { id } }), 5_000)
    if (!shown) return
    if ('answer' in shown) return remember(person, shown.answer)
    results.faults.push({ rule: 'an-answer-changed', detail: `${id} was told, then ${shown.refusal.code}` })
  }

  /** Whoever breaks off half way stays away: the next try is another person. */
  async function settleOne(): Promise<void> {
    const nth = ++people
    const phone = `+919${String(700_000_000 + nth)}`
    const who = { phone, name: `Citizen ${nth}`, password }
    const human = await register(base, who, http.send)
    const vpa = `person.${nth}@bahi`
    // Some have their account at another bank, which then checks their PIN and pays through the network.
    const bank = network && nth % 6 === 0 ? 'GANG' : 'BAHI'
    all.push({ ...(await becomeCustomer(human, { vpa, pin, balancePaise: 2_500_00, bank })), tries: 0 })
  }

  async function comeFromOutside(payee: Client, roll: () => number): Promise<void> {
    const anybody = apiAt(base, undefined, http.send)
    if (outsiders.length === 0) {
      const phone = '+919600000001'
      const opened = await anybody(sandbox.openAccount, {
        body: { phone, bank: 'GANG', balancePaise: 1_00_00_000_00 },
      })
      if (opened.vpa) outsiders.push(opened.vpa)
    }
    const amountPaise = 100 + Math.floor(roll() * 500_00)
    const body = { payerVpa: outsiders[0]!, payeeVpa: payee.vpa, amountPaise }
    await anybody(sandbox.payFromOutside, { body })
  }

  return {
    all,
    results,
    async register(count) {
      const atOnce = 4
      let left = count
      const one = async () => {
        while (left-- > 0 && !ended()) {
          await settleOne().catch((error: unknown) => {
            const why = error instanceof Problem ? error.code : (error as Error).message
            results.lost.set(why, (results.lost.get(why) ?? 0) + 1)
            return delay(1_000)
          })
        }
      }
      await Promise.all(Array.from({ length: atOnce }, one))
    },
    async act(roll) {
      const able = all.filter((one) => one.tries < maxTries)
      const payer = anyOf(able.length > 0 ? able : all, roll)
      payer.tries += 1
      try {
        await paySomebody(payer, roll)
        if (network && roll() < 0.1) await comeFromOutside(payer, roll)
        const known = results.acknowledged.at(Math.floor(roll() * results.acknowledged.length))
        const reader = all.find((one) => one.userId === known?.userId)
        if (known && reader && roll() < 0.3) await show(reader, known.paymentId)
        if (roll() < 0.1) await payer.call(payment.listPayments, { querystring: { limit: 20 } })
      } catch {
        // What breaks a single read is counted by the HTTP client.
      }
    },
    async awaitPending(timeoutMs) {
      for (const until = Date.now() + timeoutMs; pending.size > 0 && Date.now() < until && !ended();) {
        for (const [id, person] of [...pending]) await show(person, id)
        await delay(300)
      }
    },
  }
}

function anyOf<T>(all: readonly T[], roll: () => number): T {
  return all[Math.floor(roll() * all.length)]!
}
