// Clients that pay while processes are killed: they retry with the same id, as an app does, and record every answer.
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
import type { Acknowledged } from '@bahi/platform/checker/check.ts'
import { publicAddress } from './fast-forward.ts'
import type { HttpClient } from './http-client.ts'

export type Client = Customer & { attempts: number }

export type Results = {
  tried: number
  /** Every answer that differs from the one before for the same payment. */
  acknowledged: Acknowledged[]
  /** Payments refused at the first attempt: certainly not stored. */
  refused: Set<string>
  /** Payments that never got an answer. */
  unanswered: Set<string>
  /** Why registrations failed, by problem code. */
  failedRegistrations: Map<string, number>
  /** Answers that break a rule. */
  faults: { rule: string; detail: string }[]
}

export type Clients = {
  all: Client[]
  results: Results
  /** Registers this many more clients; a registration that fails half way is not resumed. */
  register(count: number): Promise<void>
  /** One client pays, sometimes with a wrong PIN, and sometimes reads. Never throws. */
  act(random: () => number): Promise<void>
  /** Polls every pending payment until it is final, or until the timeout. */
  awaitPending(timeoutMs: number): Promise<void>
}

export type ClientOptions = {
  http: HttpClient
  /** Whether payments cross banks too, in both directions. */
  network: boolean
  /** How long a client retries a payment. */
  retryForMs: number
  ended(): boolean
}

const base = publicAddress
const password = 'toofan-mein-diya-9'
const pin = '4071'
/** The daily limit is 20: a few attempts more are declined. */
const maxAttempts = 22
/** UPI IDs of the sandbox that behave as they are named. */
const scenarios = ['ok', 'timeout', 'late', 'twice', 'declined.z9', 'deemed'].map((name) => `${name}@sandbox`)
const retryable = ['unavailable', 'timeout', 'overloaded', 'internal', 'bank-unreachable', 'rate-limited']

export function createClients({ http, network, retryForMs, ended }: ClientOptions): Clients {
  const results: Results = {
    tried: 0,
    acknowledged: [],
    refused: new Set(),
    unanswered: new Set(),
    failedRegistrations: new Map(),
    faults: [],
  }
  const all: Client[] = []
  const otherBankVpas: string[] = []
  const last = new Map<string, payment.PaymentView>()
  const pending = new Map<string, Client>()
  let people = 0
  let keys: JWK[] | undefined

  function remember(client: Client, answer: payment.PaymentView): void {
    const before = last.get(answer.id)
    const current = { ...answer, pending: undefined }
    if (before && JSON.stringify(before) === JSON.stringify(current)) return
    if (before && before.status !== 'pending')
      results.faults.push({
        rule: 'final-answer-changed',
        detail: `${answer.id}: ${before.status}, then ${answer.status}`,
      })
    last.set(answer.id, current)
    results.acknowledged.push({ paymentId: answer.id, userId: client.userId, answer })
    results.unanswered.delete(answer.id)
    if (answer.status === 'pending') pending.set(answer.id, client)
    else pending.delete(answer.id)
  }

  /** Retries while the problem is temporary, with a new token if it expired. Undefined when the time is over. */
  async function retry<T>(
    client: Client,
    ask: (client: Client) => Promise<T>,
    forMs = retryForMs,
  ): Promise<{ answer: T } | { refusal: Problem; first: boolean } | undefined> {
    const until = Date.now() + forMs
    for (let tries = 0, waitMs = 150; Date.now() < until; tries++, waitMs = Math.min(waitMs * 2, 2_000)) {
      try {
        return { answer: await ask(client) }
      } catch (error) {
        if (error instanceof Problem && error.code === 'unauthenticated') {
          await login(base, client, http.send).then(
            (fresh: SignedInPerson) => void Object.assign(client, { token: fresh.token, call: fresh.call }),
            () => undefined,
          )
        } else if (error instanceof Problem && !retryable.includes(error.code)) {
          return { refusal: error, first: tries === 0 }
        }
      }
      await delay(waitMs * (0.5 + Math.random()))
    }
    return undefined
  }

  async function pay(payer: Client, random: () => number): Promise<void> {
    const id = uuidv7()
    const outside = network && random() < 0.3
    const others = all.filter((one) => one !== payer)
    const payeeVpa = outside || others.length === 0 ? anyOf(scenarios, random) : anyOf(others, random).vpa
    const amountPaise = 100 + Math.floor(random() * 240_00)
    const wrong = random() < 0.03
    const block = { pin: wrong ? '9301' : pin, purpose: 'pay', paymentId: id, amountPaise, payeeVpa } as const
    keys ??= await pinKeys(apiAt(base, undefined, http.send)).catch(() => undefined)
    if (!keys) return
    const sealed = await sealPin(keys, block, payer.bank)
    results.tried += 1
    results.unanswered.add(id)
    const body = { payerVpa: payer.vpa, payeeVpa, amountPaise, note: 'chaos', pin: sealed }
    const ended = await retry(payer, ({ call }) => call(payment.pay, { params: { id }, body }))
    if (!ended) return
    if ('answer' in ended) return remember(payer, ended.answer)
    const { refusal, first } = ended
    if (first) results.refused.add(id)
    results.unanswered.delete(id)
    results.faults.push({
      rule: 'valid-payment-refused',
      detail: `${id}: ${refusal.code} ${refusal.message}`,
    })
  }

  async function show(client: Client, id: string): Promise<void> {
    const shown = await retry(client, ({ call }) => call(payment.showPayment, { params: { id } }), 5_000)
    if (!shown) return
    if ('answer' in shown) return remember(client, shown.answer)
    results.faults.push({
      rule: 'final-answer-changed',
      detail: `${id} was answered, then ${shown.refusal.code}`,
    })
  }

  /** A failed registration is not resumed: the next attempt is another client. */
  async function registerOne(): Promise<void> {
    const nth = ++people
    const phone = `+919${String(700_000_000 + nth)}`
    const who = { phone, name: `Client ${nth}`, password }
    const human = await register(base, who, http.send)
    const vpa = `client.${nth}@bahi`
    // Some have their account at another bank, which checks their PIN and pays through the network.
    const bank = network && nth % 6 === 0 ? 'GANG' : 'BAHI'
    all.push({ ...(await becomeCustomer(human, { vpa, pin, balancePaise: 2_500_00, bank })), attempts: 0 })
  }

  async function payInbound(payee: Client, random: () => number): Promise<void> {
    const anybody = apiAt(base, undefined, http.send)
    if (otherBankVpas.length === 0) {
      const phone = '+919600000001'
      const opened = await anybody(sandbox.openAccount, {
        body: { phone, bank: 'GANG', balancePaise: 1_00_00_000_00 },
      })
      if (opened.vpa) otherBankVpas.push(opened.vpa)
    }
    const amountPaise = 100 + Math.floor(random() * 500_00)
    const body = { payerVpa: otherBankVpas[0]!, payeeVpa: payee.vpa, amountPaise }
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
          await registerOne().catch((error: unknown) => {
            const why = error instanceof Problem ? error.code : (error as Error).message
            results.failedRegistrations.set(why, (results.failedRegistrations.get(why) ?? 0) + 1)
            return delay(1_000)
          })
        }
      }
      await Promise.all(Array.from({ length: atOnce }, one))
    },
    async act(random) {
      const belowLimit = all.filter((one) => one.attempts < maxAttempts)
      const payer = anyOf(belowLimit.length > 0 ? belowLimit : all, random)
      payer.attempts += 1
      try {
        await pay(payer, random)
        if (network && random() < 0.1) await payInbound(payer, random)
        const known = results.acknowledged.at(Math.floor(random() * results.acknowledged.length))
        const reader = all.find((one) => one.userId === known?.userId)
        if (known && reader && random() < 0.3) await show(reader, known.paymentId)
        if (random() < 0.1) await payer.call(payment.listPayments, { querystring: { limit: 20 } })
      } catch {
        // The HTTP client counts failed requests.
      }
    },
    async awaitPending(timeoutMs) {
      for (const until = Date.now() + timeoutMs; pending.size > 0 && Date.now() < until && !ended();) {
        for (const [id, client] of [...pending]) await show(client, id)
        await delay(300)
      }
    },
  }
}

function anyOf<T>(all: readonly T[], random: () => number): T {
  return all[Math.floor(random() * all.length)]!
}
