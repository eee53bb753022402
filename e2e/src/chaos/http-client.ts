// How a phone reaches the platform: whichever door opens, in a time, and every answer is counted and timed.
import type { Send } from '@bahi/platform/api-client.ts'

export type HttpClient = {
  /** Base URLs of the copies of the gateway: one that takes no connection is passed by. */
  gatewayUrls: string[]
  send: Send
  /** How requests ended: an HTTP status, or what broke them. */
  outcomes: Map<string, number>
  /** Of requests that were answered below 500. */
  latencies: number[]
}

const timeoutMs = 17_000

export function createHttpClient(doors: string[]): HttpClient {
  let turn = 0
  const wire: HttpClient = {
    gatewayUrls: doors,
    outcomes: new Map(),
    latencies: [],
    async send(url, init) {
      const path = url.slice(new URL(url).origin.length)
      const at = turn++
      for (let tries = 1; ; tries++) {
        const began = performance.now()
        try {
          const door = wire.gatewayUrls[(at + tries) % wire.gatewayUrls.length]!
          const answer = await fetch(door + path, { ...init, signal: AbortSignal.timeout(timeoutMs) })
          const body = await answer.text()
          if (answer.status < 500) wire.latencies.push(performance.now() - began)
          count(`${answer.status}`)
          return new Response(body === '' ? null : body, { status: answer.status, headers: answer.headers })
        } catch (error) {
          const why = reasonOf(error)
          count(why)
          if (why !== 'no connection' || tries >= wire.gatewayUrls.length) throw error
        }
      }
    },
  }
  const count = (outcome: string) => wire.outcomes.set(outcome, (wire.outcomes.get(outcome) ?? 0) + 1)
  return wire
}

function reasonOf(error: unknown): string {
  if ((error as Error).name === 'TimeoutError') return 'no answer in time'
  const code = ((error as Error).cause as { code?: string } | undefined)?.code
  return code === 'ECONNREFUSED' ? 'no connection' : 'connection broke'
}
