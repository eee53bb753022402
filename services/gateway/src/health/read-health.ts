// Asks every service for its health, at most every few seconds: one that does not answer is shown as down.
import { healthFacts, readHealth, type PlatformHealth, type ServiceFacts } from '@bahi/contracts/health.ts'
import type { App } from '@bahi/kit/http/http.ts'
import { readOnce, type Metrics } from '@bahi/kit/metrics.ts'
import { gaugesOfBackup, readBackupStatus } from '@bahi/kit/runtime/backup-status.ts'
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

/** Undefined without the setting. */
async function backupStatus(file: string): Promise<PlatformHealth['backup']> {
  if (file === '') return undefined
  const { lastSuccessAt, lastVerifiedAt, verificationFailedAt } = await readBackupStatus(file)
  return {
    ...(lastSuccessAt ? { lastSuccessAt } : {}),
    ...(lastVerifiedAt ? { lastVerifiedAt } : {}),
    ...(verificationFailedAt ? { verificationFailedAt } : {}),
  }
}

/** What the file says, as metrics: also where no textfile collector reads that of the repository. */
export function measureBackups(metrics: Metrics, file: string): void {
  if (file === '') return
  const read = readOnce(async () => gaugesOfBackup(await readBackupStatus(file)))
  gaugesOfBackup({}).forEach(([name, help], at) => {
    metrics.gauge(name, help, async (gauge) => {
      const value = (await read())[at]?.[2]
      if (value !== undefined) gauge.set(value)
    })
  })
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
