// What Prometheus reads of a process: names that promtool takes, and exemplars of requests whose traces are kept.
import { spawnSync } from 'node:child_process'
import { afterEach, describe, expect, it } from 'vitest'
import { ensureServers } from '@bahi/testing/servers.ts'
import { systemClock } from './clock.ts'
import type { RouteOptions } from 'fastify'
import { buildApp, directRoutesOf } from './http/http.ts'
import { createLog } from './log.ts'
import { metricsText } from './metrics-text.ts'
import { createMetrics } from './metrics.ts'
import { recordTraces } from './trace.ts'
import { createTrust, generateServiceKeys } from './transport/service-token.ts'

const { missing } = await ensureServers(['promtool'])

it.skipIf(missing.length > 0 && process.env['CI'] !== 'true')(
  'metrics of a process have the names that their types ask for',
  async () => {
    const input = await metricsText([createMetrics('user', { process: true })])
    expect(input).toMatch(/^nodejs_active_resources\{/m)
    const { status, stderr } = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  },
)

describe('a request', () => {
  afterEach(() => recordTraces(undefined))

  const traceId = '0af7651916cd43dd8448eb211c80319c'
  type Way = 'over HTTP' | 'in the process'
  /** The line of one bucket, after a request whose trace is none of the share that is kept. */
  async function bucketAfter(
    slowMs: number,
    format: 'openMetrics' | 'prometheus',
    way: Way = 'over HTTP',
  ): Promise<string> {
    recordTraces({ ratio: 0, samplingKey: '', slowMs, add: () => undefined, dropped: () => undefined })
    const metrics = createMetrics('user')
    const log = createLog('user', 'silent')
    const trust = createTrust(await generateServiceKeys(['user']), systemClock)
    const app = buildApp({ service: 'user', log, metrics, trust, edge: way === 'over HTTP' })
    const about = { method: 'GET', url: '/v1/me' } as const
    app.route({ ...about, access: 'public', handler: () => ({ ok: true }) } as typeof about & RouteOptions)
    const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-00` }
    if (way === 'over HTTP') await app.inject({ ...about, headers })
    else {
      await app.ready()
      const request = { ...about, caller: 'gateway' as const, headers, params: {}, query: {} }
      await directRoutesOf(app)!.answer({ ...request, render: (payload) => payload })
    }
    await app.close()
    const text = await metricsText([metrics], format)
    const lines = text.split('\n').filter((line) => line.startsWith('bahi_http_request_seconds_bucket'))
    return lines.find((line) => line.includes('trace_id')) ?? lines.find((line) => line.includes('+Inf'))!
  }

  it.each<Way>(['over HTTP', 'in the process'])(
    'is an exemplar of its time when its trace is kept, also only since it was slow: %s',
    async (way) => {
      expect(await bucketAfter(-1, 'openMetrics', way)).toMatch(
        new RegExp(
          `\\{.*le="[^"]+".*route="/v1/me".*\\} 1 # \\{trace_id="${traceId}"\\} [\\d.e-]+ \\d{10}(\\.\\d+)?$`,
        ),
      )
    },
  )

  it.each([
    ['whose trace is dropped', 60_000, 'openMetrics'],
    ['in the format of Prometheus', -1, 'prometheus'],
  ] as const)('%s is none', async (_what, slowMs, format) => {
    expect(await bucketAfter(slowMs, format)).toMatch(/le="\+Inf".*\} 1$/)
  })
})
