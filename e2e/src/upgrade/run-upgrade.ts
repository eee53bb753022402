// An upgrade under load: the old version goes on while the database is migrated, beside the new one, and then leaves.
import { closeSync, openSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { connect } from '@bahi/kit/sql/sql.ts'
import { preparePlatform, stopProcess, waitUntilReady, type Platform } from '@bahi/platform/distributed.ts'
import { secretsIn } from '@bahi/platform/secrets.ts'
import { backendsIn } from '@bahi/testing/backends.ts'
import { quickSettings } from '../chaos/settings.ts'
import { isFailedRequest } from '../chaos/http-client.ts'
import { check, type Fault } from '@bahi/platform/checker/check.ts'
import { openLoad } from '../drills/load.ts'
import { unfinishedWork, waitForQuiescence } from '@bahi/platform/checker/quiescence.ts'
import type { OldVersion } from './old-version.ts'

export type UpgradeOptions = {
  old: OldVersion
  /** An empty folder for data and logs. */
  folder: string
  /** Of each of four stages: the old version alone, on the new schema, beside the new one; the new one alone. */
  secondsPerStage: number
  /** Payments a second. */
  rate: number
  log: (line: string) => void
}

export type UpgradeReport = {
  from: string
  payments: number
  /** Requests by how they ended, for each stage. */
  stages: Record<string, Record<string, number>>
  migrateMs: number
  faults: Fault[]
}

/** Starting the new version takes as long as a stage or two. */
const stageCount = 6
const readyTimeoutMs = 180_000
const quiescenceTimeoutMs = 300_000
export async function runUpgrade({
  old,
  folder,
  secondsPerStage,
  rate,
  log,
}: UpgradeOptions): Promise<UpgradeReport> {
  await mkdir(folder, { recursive: true })
  const output = openSync(join(folder, 'services.log'), 'a')
  const ends: (() => Promise<unknown>)[] = []
  try {
    const backends = await backendsIn(folder)
    const [postgres, redis, rabbit] = [
      await backends.postgres(),
      await backends.redis(),
      await backends.rabbitmq(),
    ]
    ends.push(
      () => postgres.stop(),
      () => redis.stop(),
      () => rabbit.stop(),
    )
    const options = {
      layout: 'compact' as const,
      adminUrl: postgres.adminUrl,
      redisUrl: redis.url,
      amqpUrl: rabbit.url,
      logLevel: 'warn',
      settings: quickSettings,
    }
    const start = async ({ processes }: Platform) => {
      const children = processes.map((one) => one.start(output))
      const stop = () => Promise.all(children.map((child) => stopProcess(child)))
      ends.push(stop)
      for (const { title, adminUrl } of processes) {
        if (!(await waitUntilReady(adminUrl, readyTimeoutMs, () => false)))
          throw new Error(`${title} is not ready`)
      }
      return stop
    }

    log('starting the old version')
    const before = await old.distributed.preparePlatform({
      ...options,
      secrets: await old.secrets.secretsIn(folder),
    })
    const stopOld = await start(before)
    const load = await openLoad(before.gateways, {
      rate,
      seconds: secondsPerStage * stageCount,
      network: true,
      retryForMs: 30_000,
    })
    const { http, clients } = load

    const stages: UpgradeReport['stages'] = {}
    let stage = ''
    const turnOver = (next: string) => {
      if (stage !== '') stages[stage] = Object.fromEntries(http.outcomes)
      http.outcomes.clear()
      stage = next
      if (next !== '') log(next)
    }
    load.begin()
    turnOver('the old version alone')
    await delay(secondsPerStage * 1_000)
    turnOver('the old version while the database is migrated, and on its new schema')
    const began = performance.now()
    const after = await preparePlatform({ ...options, secrets: await secretsIn(folder) })
    const migrateMs = Math.round(performance.now() - began)
    await delay(secondsPerStage * 1_000)
    turnOver('both versions beside each other')
    await start(after)
    http.gatewayUrls = [...before.gateways, ...after.gateways]
    await delay(secondsPerStage * 1_000)
    turnOver('the old version leaves')
    http.gatewayUrls = after.gateways
    await stopOld()
    await delay(secondsPerStage * 1_000)
    await load.end()
    turnOver('')

    const sql = connect(postgres.adminUrl, { max: 2, name: 'bahi-upgrade' })
    ends.push(() => sql.end({ timeout: 5 }))
    const later = ['network', 'holds', 'deliveries']
    const { left } = await waitForQuiescence(sql, quiescenceTimeoutMs, later, () => undefined)
    const { results } = clients
    return {
      from: old.revision,
      payments: results.tried,
      stages,
      migrateMs,
      faults: [
        ...results.faults,
        ...unfinishedWork(left),
        ...Object.entries(stages).flatMap(([name, outcomes]) =>
          Object.entries(outcomes)
            .filter(([outcome]) => isFailedRequest(outcome))
            .map(([outcome, count]) => ({
              rule: 'no-request-fails',
              detail: `${name}: ${count} × ${outcome}`,
            })),
        ),
        // A schema that this version cannot read is a fault of the upgrade too.
        ...(await check(sql, { acknowledged: results.acknowledged, refused: [...results.refused] }).catch(
          (error: Error) => [{ rule: 'check-runs', detail: error.message }],
        )),
      ],
    }
  } finally {
    for (const end of ends.reverse()) await end()
    closeSync(output)
  }
}
