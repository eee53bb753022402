// The API of Kubernetes, as a pod asks it with the token of its service account.
import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'

export type Answer = { status: number; isGood: boolean; json<T>(): T }
export type Kubernetes = (
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body?: object,
) => Promise<Answer>

/** The options of a command that asks it. */
export const kubernetesOptions = {
  api: { type: 'string', default: 'https://kubernetes.default.svc' },
  token: { type: 'string', default: '/var/run/secrets/kubernetes.io/serviceaccount/token' },
} as const

/** The token is read each time: it is renewed while a command runs. A `PATCH` is merged. */
export function kubernetesAt({ api, token }: { api: string; token: string }): Kubernetes {
  return async (method, path, body) => {
    const answer = await fetch(api + path, {
      method,
      headers: {
        authorization: `Bearer ${(await readFile(token, 'utf8')).trim()}`,
        ...(body
          ? { 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' }
          : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(10_000),
    })
    const text = await answer.text()
    return { status: answer.status, isGood: answer.ok, json: <T>() => JSON.parse(text) as T }
  }
}

const tries = 5

/** Asks again while the API is away or has too much to do; not for what would be done twice. */
export function patient(ask: Kubernetes, pauseMs: number): Kubernetes {
  return async (method, path, body) => {
    for (let tried = 1; ; tried++) {
      const answer = await ask(method, path, body).catch((error: Error) => error)
      const isAway = answer instanceof Error || answer.status === 429 || answer.status >= 500
      if (isAway && method !== 'POST' && tried < tries) await delay(pauseMs * tried)
      else if (answer instanceof Error) throw answer
      else return answer
    }
  }
}
