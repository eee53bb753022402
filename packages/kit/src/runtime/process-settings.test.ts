// What a process makes of its settings.
import type { JWK } from 'jose'
import type { Static } from 'typebox'
import { expect, it } from 'vitest'
import type { BaseConfig } from './base-config.ts'
import { tracesOf } from './process-settings.ts'

it('copies of an edge decide alike which traces are kept, by a key that does not show the one it is from', async () => {
  const base = {
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
    OTEL_TRACES_SAMPLER_ARG: 0.01,
    BAHI_TRACE_SLOW_MS: 1_000,
  } as Static<typeof BaseConfig>
  const samplingKeyOf = async (edgeKey?: JWK) => {
    const traces = tracesOf(base, edgeKey)!
    await traces.close()
    return traces.samplingKey
  }
  const key = { kty: 'OKP', crv: 'Ed25519', d: 'the-private-part' }
  const own = await samplingKeyOf(key)
  expect(await samplingKeyOf({ ...key })).toBe(own)
  expect(await samplingKeyOf({ ...key, d: 'of-another-edge' })).not.toBe(own)
  expect(own).toMatch(/^[0-9a-f]{64}$/)
  expect(await samplingKeyOf()).not.toBe(await samplingKeyOf())
})
