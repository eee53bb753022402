// A canary against a real Prometheus: good ones go on, bad ones and those that nobody asks are rolled back.
import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMetrics, type Metrics } from '@bahi/kit/metrics.ts'
import { metricsText } from '@bahi/kit/metrics-text.ts'
import { startPrometheus, type Prometheus } from '@bahi/testing/prometheus.ts'
import { ensureServers } from '@bahi/testing/servers.ts'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { judge, prometheusAt, sampleOf, type Bounds, type Sample } from './analysis.ts'
import { rollOut } from './rollout.ts'

const bounds: Bounds = { minRequests: 20, maxErrors: 0.05, maxP99: 1, worseBy: 2 }
const none: Sample = { requests: 0, errors: undefined, p99: undefined }
const usual: Sample = { requests: 500, errors: 0, p99: 0.1 }

describe('a canary', () => {
  it.each<[what: string, canary: Partial<Sample>, stable: Sample, is: string]>([
    ['like the others', {}, usual, 'good'],
    ['with noise', { errors: 0.0009, p99: 0.19 }, usual, 'good'],
    ['that fails as often as the others', { errors: 0.03 }, { ...usual, errors: 0.02 }, 'good'],
    ['that fails more often', { errors: 0.03 }, { ...usual, errors: 0.01 }, 'bad'],
    ['that fails too often, as the others do', { errors: 0.06 }, { ...usual, errors: 0.06 }, 'bad'],
    ['that is slower', { p99: 0.25 }, usual, 'bad'],
    ['that is slower than nothing', { p99: 0.04 }, { ...usual, p99: 0.001 }, 'good'],
    ['that is too slow, as the others are', { p99: 1.2 }, { ...usual, p99: 1.1 }, 'bad'],
    ['without others', { p99: 0.9 }, none, 'good'],
    ['that nobody asks', none, usual, 'unclear'],
    ['that few ask', { requests: 19, errors: 1 }, usual, 'unclear'],
  ])('%s', (_, canary, stable, is) => {
    expect(judge({ ...usual, ...canary }, stable, bounds).is).toBe(is)
  })
})

const { missing } = await ensureServers(['prometheus'])

describe.skipIf(missing.length > 0 && process.env['CI'] !== 'true')('on a real Prometheus', () => {
  let folder: string
  let prometheus: Prometheus
  const pods: Record<'stable' | 'canary', { metrics: Metrics; server: Server }> = {} as never
  const urls: Record<string, string[]> = {}
  const ends: (() => unknown)[] = []

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bahi-canary-'))
    for (const kind of ['stable', 'canary'] as const) {
      const metrics = createMetrics('payment')
      const server = createServer((_, response) => {
        void metricsText([metrics]).then((text) => response.end(text))
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      urls[kind] = [`http://127.0.0.1:${(server.address() as AddressInfo).port}`]
      pods[kind] = { metrics, server }
    }
    prometheus = await startPrometheus({ jobs: urls, everyS: 1 })
  })
  afterAll(async () => {
    for (const end of ends) end()
    await prometheus?.stop()
    for (const { server } of Object.values(pods)) server.close()
    await rm(folder, { recursive: true, force: true })
  })

  /** Requests of a pod from now on, so many each tenth of a second. */
  function serve(kind: 'stable' | 'canary', { failing = 0, seconds = 0.01 } = {}): () => void {
    let nth = 0
    const timer = setInterval(() => {
      for (let i = 0; i < 10; i++) {
        const status = ++nth % 100 < failing * 100 ? '503' : '200'
        pods[kind].metrics.answered({ method: 'PUT', route: '/v1/payments/:id', status }, seconds)
      }
    }, 100)
    const end = () => clearInterval(timer)
    ends.push(end)
    return end
  }

  const until = (holds: (sample: Sample) => boolean) =>
    vi.waitUntil(async () => holds(await sampleOf(prometheusAt(prometheus.url), 'job="canary"', 4)), {
      interval: 200,
    })

  async function roll(more: { canary?: string } = {}) {
    const scaled: number[] = []
    const isGood = await rollOut({
      ...{ query: prometheusAt(prometheus.url), canary: 'job="canary"', stable: 'job="stable"', ...more },
      ...{ steps: [1, 2], stepMs: 5_000, everyMs: 500, windowS: 4, bounds },
      scale: (replicas) => Promise.resolve(void scaled.push(replicas)),
      log: () => undefined,
    })
    return { isGood, scaled }
  }

  it('goes through its steps while it is as good as the others', async () => {
    serve('stable')
    const end = serve('canary')
    // Prometheus begins to scrape some seconds after its start.
    await until(({ requests }) => requests > 100)
    expect(await roll()).toEqual({ isGood: true, scaled: [1, 2] })
    const sample = await sampleOf(prometheusAt(prometheus.url), 'job="canary"', 4)
    expect(sample.requests).toBeGreaterThan(100)
    expect(sample).toMatchObject({ errors: 0, p99: expect.closeTo(0.01, 2) })
    end()
  })

  it.each([
    ['it fails', { failing: 0.2 }],
    ['it is slow', { seconds: 0.4 }],
  ])('is rolled back in its first step when %s', async (_, how) => {
    const end = serve('canary', how)
    // What was before has left the window.
    await until(({ errors = 0, p99 = 0 }) => errors > 0.1 || p99 > 0.3)
    expect(await roll()).toEqual({ isGood: false, scaled: [1, 0] })
    end()
  })

  it('is rolled back when nobody can tell: without requests, and without Prometheus', async () => {
    expect(await roll({ canary: 'job="nobody"' })).toEqual({ isGood: false, scaled: [1, 0] })
  })

  it('the command scales the Deployment by the API of Kubernetes, and ends with 1 after a rollback', async () => {
    const asked: unknown[] = []
    const api = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk: Buffer) => (body += String(chunk)))
      request.on('end', () => {
        asked.push([request.method, request.url, request.headers.authorization, JSON.parse(body)])
        response.end('{}')
      })
    })
    await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve))
    const token = join(folder, 'token')
    await writeFile(token, 'a-token\n')
    const args = {
      ...{ prometheus: 'http://127.0.0.1:1', deployment: 'bahi-payment-canary', namespace: 'pay', token },
      ...{
        canary: 'job="canary"',
        stable: 'job="stable"',
        steps: '1',
        'step-seconds': '1',
        'every-seconds': '1',
      },
      api: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
    }
    const file = join(import.meta.dirname, 'canary.ts')
    const child = spawn(
      process.execPath,
      [file, ...Object.entries(args).map(([name, value]) => `--${name}=${value}`)],
      {
        stdio: 'ignore',
      },
    )
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(1)
    const url = '/apis/apps/v1/namespaces/pay/deployments/bahi-payment-canary/scale'
    expect(asked).toEqual([1, 0].map((replicas) => ['PATCH', url, 'Bearer a-token', { spec: { replicas } }]))
    api.close()
  })
})
