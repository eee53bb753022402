// An HTTP client that tries each gateway in turn, with a timeout, and counts and times every answer.
import type { Send } from '@bahi/platform/api-client.ts'

export type HttpClient = {
  /** Base URLs of the gateway's copies; one that accepts no connection is skipped. */
  gatewayUrls: string[]
  send: Send
  /** How requests ended: an HTTP status, or what broke them. */
  outcomes: Map<string, number>
  /** Of requests that were answered below 500. */
  latencies: number[]
}

const timeoutMs = 17_000

/** Whether a request that ended so was not done: whoever asked must ask again. */
export const isFailedRequest = (outcome: string): boolean => !/^[1-4]\d\d$/.test(outcome)

export function createHttpClient(gatewayUrls: string[]): HttpClient {
  let turn = 0
  const client: HttpClient = {
    gatewayUrls,
    outcomes: new Map(),
    latencies: [],
    async send(url, init) {
      const path = url.slice(new URL(url).origin.length)
      const at = turn++
      for (let tries = 1; ; tries++) {
        const began = performance.now()
        try {
          const gatewayUrl = client.gatewayUrls[(at + tries) % client.gatewayUrls.length]!
          const answer = await fetch(gatewayUrl + path, { ...init, signal: AbortSignal.timeout(timeoutMs) })
          const body = await answer.text()
          if (answer.status < 500) client.latencies.push(performance.now() - began)
          count(`${answer.status}`)
          return new Response(body === '' ? null : body, { status: answer.status, headers: answer.headers })
        } catch (error) {
          const why = reasonOf(error)
          // As a load balancer does, unnoticed by the client.
          if (why === 'no connection' && tries < client.gatewayUrls.length) continue
          count(why)
          throw error
        }
      }
    },
  }
  const count = (outcome: string) => client.outcomes.set(outcome, (client.outcomes.get(outcome) ?? 0) + 1)
  return client
}

function reasonOf(error: unknown): string {
  if ((error as Error).name === 'TimeoutError') return 'no answer in time'
  const code = ((error as Error).cause as { code?: string } | undefined)?.code
  return code === 'ECONNREFUSED' ? 'no connection' : 'connection broke'
}
