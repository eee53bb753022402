// Asks every service for its health, at most every few seconds: one that does not answer is shown as down.
import { readFile } from 'node:fs/promises'
import { healthFacts, readHealth, type PlatformHealth, type ServiceFacts } from '@bahi/contracts/health.ts'
import type { App } from '@bahi/kit/http/http.ts'
import { factsOf } from '@bahi/kit/runtime/health-facts.ts'
import { authoriseRequest, observeAnswer, type AccessDeps } from '../access/authorise-request.ts'
import type { GatewayDeps } from '../deps.ts'
import { platformHealth, type Answers } from './platform-health.ts'

/** However many look at it. */
const keptMs = 5_000

export type ReadHealth = () => Promise<PlatformHealth>

export function createReadHealth(
  deps: Pick<GatewayDeps, 'call' | 'metrics' | 'clock' | 'config'>,
): ReadHealth {
  /** What each service was found to be, and since when. */
  const found = new Map<string, { status: string; since: string }>()
  let kept: { untilMs: number; health: Promise<PlatformHealth> } | undefined

  async function ask(): Promise<PlatformHealth> {
    const [own, backup, ...others] = await Promise.all([
      factsOf(deps.metrics),
      backupStatus(deps.config.BAHI_BACKUP_STATUS),
      ...Object.values(healthFacts).map(async (contract): Promise<[string, ServiceFacts | undefined]> => [
        contract.service,
        await deps.call(contract, {}).catch(() => undefined),
      ]),
    ])
    const answers: Answers = new Map([['gateway', own], ...others])
    const at = deps.clock.now().toISOString()
    const health = platformHealth(answers, (service, status) => {
      const before = found.get(service)
      const now = before?.status === status ? before : { status, since: at }
      found.set(service, now)
      return now.since
    })
    return { at, ...health, ...(backup ? { backup } : {}) }
  }

  return () => {
    const nowMs = performance.now()
    if (!kept || kept.untilMs < nowMs) kept = { untilMs: nowMs + keptMs, health: ask() }
    return kept.health
  }
}

/** Undefined without the setting. A file that cannot be read, or that says something else, says of no backup. */
async function backupStatus(file: string): Promise<PlatformHealth['backup']> {
  if (file === '') return undefined
  const text = await readFile(file, 'utf8').catch(() => '{}')
  const known: Record<string, unknown> = await Promise.resolve(text)
    .then((json) => JSON.parse(json) as Record<string, unknown>)
    .catch(() => ({}))
  const moment = (name: 'lastSuccessAt' | 'lastVerifiedAt') => {
    const ms = Date.parse(String(known[name]))
    return Number.isNaN(ms) ? {} : { [name]: new Date(ms).toISOString() }
  }
  return { ...moment('lastSuccessAt'), ...moment('lastVerifiedAt') }
}

export function answerPlatformHealth(app: App, access: AccessDeps, read: ReadHealth): void {
  app.route({
    method: readHealth.method,
    url: readHealth.url,
    config: { contract: readHealth },
    exposeHeadRoute: false,
    onRequest: (request, reply) => authoriseRequest(access, readHealth, request, reply),
    onResponse: observeAnswer(access, readHealth),
    handler: async (_request, reply) => reply.header('cache-control', 'no-store').send(await read()),
  })
}
