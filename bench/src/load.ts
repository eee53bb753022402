// Sends payments and reads: in an open loop at a rate, where who is late is late from when it was due, or in a closed
// loop, where each sender waits for its answer, to find the peak.
import { uuidv7 } from '@bahi/contracts/id.ts'
import type { PaymentView } from '@bahi/contracts/payment.ts'
import type { Answer, Client, Request } from './http-client.ts'
import { pin, type Payer } from './payers.ts'
import type { SealPin } from './pin-blocks.ts'

/** Who is paid: anybody alike; some much more often (Zipf, exponent 1); one merchant in so many of a hundred. */
export type Pattern = 'uniform' | 'zipf' | `hot:${number}`

/** One request as it went. Times are milliseconds of `performance.now()`; latency is from `dueMs` to `endMs`. */
export type Sample = { kind: string; dueMs: number; sentMs: number; endMs: number; outcome: string }

export type Load = {
  /**
   * Draws the next payer in turn, so that nobody is over the limits of a day. Throws when requests were made and none
   * is left: pushes would be measured instead.
   */
  pay(dueMs: number): Promise<Sample>
  read(dueMs: number): Promise<Sample>
  /** Makes the requests that `pay` then approves, `senders` at once. Throws when one is refused. */
  makeRequests(count: number, senders: number): Promise<void>
  /** Answers to payments, for the checker. */
  acknowledged: { paymentId: string; userId: string; answer: PaymentView }[]
  /** When each payment was due, until its time is over. */
  due: Map<string, number>
}

/** What is paid: a push, a payment request that was made before, or a debit of a mandate as it falls due. */
export const kinds = ['push', 'request', 'mandate'] as const
export type Kind = (typeof kinds)[number]

type AskedPayment = { nth: number; payeeVpa: string; amountPaise: number; requestId: string }

export type LoadOptions = {
  client: Client
  people: Payer[]
  tokens: string[]
  /** So many of the first people are paid. */
  payees: number
  pattern: Pattern
  /** This share of payments goes to UPI IDs of other banks. */
  network?: { share: number; vpas: string[] }
  seal: SealPin
  /** Draws from [0, 1). */
  random(): number
}

export function createLoad(options: LoadOptions): Load {
  const { client, people, tokens, seal, random } = options
  const order = shuffled(people.length, random)
  const pickPayee = payeeOf(options)
  const acknowledged: Load['acknowledged'] = []
  const due = new Map<string, number>()
  let turn = 0
  const asked: AskedPayment[] = []
  let asks = false

  function nextPayment(): Omit<AskedPayment, 'requestId'> & { requestId?: string } {
    const request = asked.pop()
    if (request) return request
    if (asks) throw new Error('no payment request is left to pay: more have to be made before the run')
    const nth = order[turn++ % order.length]!
    return { nth, payeeVpa: pickPayee(nth), amountPaise: 100 + Math.floor(random() * 50_000) }
  }

  /** Each person asks and is asked as often, and in each round by another one: few of a pair may be open. */
  async function makeRequest(): Promise<AskedPayment> {
    const [round, at] = [Math.floor(turn / order.length), turn % order.length]
    turn += 1
    const [nth, asker] = [order[at]!, order[(at + 1 + round) % order.length]!]
    const [requestId, payeeVpa] = [uuidv7(), people[asker]!.vpa]
    const amountPaise = 100 + Math.floor(random() * 50_000)
    const body = JSON.stringify({ payeeVpa, payerVpa: people[nth]!.vpa, amountPaise })
    const path = `/v1/requests/${requestId}`
    const answer = await client.send({ method: 'PUT', path, token: tokens[asker]!, body })
    if (answer.status !== 200) throw new Error(`a request was refused: ${codeIn(answer)}`)
    return { nth, payeeVpa, amountPaise, requestId }
  }

  async function timed(kind: string, dueMs: number, request: Request, read?: (answer: Answer) => string) {
    const sentMs = performance.now()
    let outcome: string
    try {
      const answer = await client.send(request)
      outcome = read ? read(answer) : String(answer.status)
    } catch (error) {
      outcome = (error as NodeJS.ErrnoException).code ?? 'connection broke'
    }
    return { kind, dueMs, sentMs, endMs: performance.now(), outcome }
  }

  return {
    acknowledged,
    due,
    pay(dueMs) {
      const { nth, payeeVpa, amountPaise, requestId } = nextPayment()
      const payer = people[nth]!
      const paymentId = uuidv7()
      due.set(paymentId, dueMs)
      const body = JSON.stringify({
        payerVpa: payer.vpa,
        payeeVpa,
        amountPaise,
        pin: seal({ pin, purpose: 'pay', paymentId, amountPaise, payeeVpa }),
        ...(requestId === undefined ? {} : { initiation: { origin: { kind: 'request', id: requestId } } }),
      })
      const request = { method: 'PUT', path: `/v1/payments/${paymentId}`, token: tokens[nth]!, body }
      return timed('pay', dueMs, request, (answer) => {
        if (answer.status !== 200) return codeIn(answer)
        const payment = JSON.parse(answer.body.toString()) as PaymentView
        acknowledged.push({ paymentId, userId: payer.userId, answer: payment })
        return payment.status === 'failed' ? `failed ${payment.failure?.code}` : payment.status
      })
    },
    async makeRequests(count, senders) {
      asks = true
      let left = count
      const ask = async () => {
        while (left-- > 0) asked.push(await makeRequest())
      }
      await Promise.all(Array.from({ length: senders }, ask))
    },
    read(dueMs) {
      const nth = Math.floor(random() * people.length)
      const token = tokens[nth]!
      const draw = random()
      const known = acknowledged[Math.floor(random() * acknowledged.length)]
      if (draw < 1 / 3 || !known) {
        return timed('history', dueMs, { method: 'GET', path: '/v1/payments?limit=20', token })
      }
      if (draw < 2 / 3) {
        const vpa = people[Math.floor(random() * people.length)]!.vpa
        return timed('resolve', dueMs, { method: 'GET', path: `/v1/vpas/${vpa}`, token })
      }
      const owner = people.findIndex((one) => one.userId === known.userId)
      const path = `/v1/payments/${known.paymentId}`
      return timed('status', dueMs, { method: 'GET', path, token: tokens[owner]! })
    },
  }
}

/** The code of a problem document beside its status. */
export function codeIn(answer: Answer): string {
  try {
    const { code } = JSON.parse(answer.body.toString()) as { code?: string }
    const after = answer.retryAfterS === undefined ? '' : ` retry-after ${answer.retryAfterS}`
    return `${answer.status} ${code ?? ''}${after}`
  } catch {
    return String(answer.status)
  }
}

function payeeOf({ people, payees, pattern, network, random }: LoadOptions): (payer: number) => string {
  const count = Math.min(payees, people.length)
  const other = (nth: number, payer: number) => people[nth === payer ? (nth + 1) % count : nth]!.vpa
  const any = (payer: number) => other(Math.floor(random() * count), payer)
  const draw = (payer: number): string => {
    if (pattern === 'uniform') return any(payer)
    // Exponent 1: the logarithm of the rank is even.
    if (pattern === 'zipf') return other(Math.floor(Math.exp(random() * Math.log(count + 1))) - 1, payer)
    return random() * 100 < Number(pattern.slice(4)) ? other(0, payer) : any(payer)
  }
  if (!network || network.share === 0) return draw
  return (payer) =>
    random() < network.share ? network.vpas[Math.floor(random() * network.vpas.length)]! : draw(payer)
}

function shuffled(count: number, random: () => number): number[] {
  const all = Array.from({ length: count }, (_, i) => i)
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[all[i], all[j]] = [all[j]!, all[i]!]
  }
  return all
}

/**
 * Starts `run` at a rate, at moments that know nothing of each other (Poisson), whatever becomes of the earlier ones.
 * Resolves when the time is over; what is in flight then goes on. Rejects when `run` throws.
 */
export function openLoop(
  rate: number,
  seconds: number,
  random: () => number,
  run: (dueMs: number) => void,
  /** Seconds over which the rate grows from a tenth: code that was never run is slow. */
  rampS = 0,
): Promise<void> {
  const rateAt = (ms: number) => rate * Math.min(1, 0.1 + (0.9 * (ms - began)) / (rampS * 1_000 || 1))
  const began = performance.now()
  const endMs = began + seconds * 1_000
  let dueMs = began
  return new Promise((resolve, reject) => {
    const tick = () => {
      const now = performance.now()
      try {
        while (dueMs <= now && dueMs < endMs) {
          run(dueMs)
          dueMs += (-Math.log(1 - random()) * 1_000) / rateAt(dueMs)
        }
      } catch (error) {
        return void reject(error as Error)
      }
      if (dueMs >= endMs) resolve()
      else setTimeout(tick, 1)
    }
    tick()
  })
}

/** So many senders, each of which waits for its answer before it sends again. */
export async function closedLoop(
  senders: number,
  seconds: number,
  run: (dueMs: number) => Promise<unknown>,
): Promise<void> {
  const endMs = performance.now() + seconds * 1_000
  await Promise.all(
    Array.from({ length: senders }, async () => {
      for (let now = performance.now(); now < endMs; now = performance.now()) await run(now)
    }),
  )
}
