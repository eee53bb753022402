// What production refuses, and what it takes.
import { describe, expect, it } from 'vitest'
import { inClear, productionFaults, type ProductionSettings } from './production.ts'

const good: ProductionSettings = {
  services: ['user'],
  host: '0.0.0.0',
  cleartextHosts: '',
  hasTls: true,
  databaseUrls: { user: 'postgres://bahi_user:7hK2pQ@db:5432/bahi?sslmode=verify-full' },
  replicaUrls: { user: 'postgres://bahi_user:7hK2pQ@db:5433/bahi?sslmode=verify-full' },
  serviceUrls: { auth: 'https://auth.bahi.svc:8081' },
  redisUrl: 'rediss://bahi:7hK2pQ@redis:6379',
  amqpUrl: 'amqps://bahi_user:7hK2pQ@rabbit:5671',
  blobs: 's3://files?region=ap-south-1',
  otlpEndpoint: 'https://collector:4318',
}

describe('production', () => {
  it.each<[what: string, settings: Partial<ProductionSettings>]>([
    ['servers over TLS', {}],
    [
      'servers of this machine in the clear',
      {
        hasTls: false,
        host: '127.0.0.1',
        databaseUrls: { user: 'postgres://bahi_user:x@127.0.0.1/bahi' },
        redisUrl: 'redis://localhost',
        amqpUrl: 'amqp://bahi:y@[::1]:5672',
        serviceUrls: { auth: ['http://127.0.0.1:1'] },
        otlpEndpoint: 'http://127.0.0.1:4318',
      },
    ],
    [
      'hosts whose way something else encrypts',
      { cleartextHosts: 'data.svc', databaseUrls: { user: 'postgres://bahi_user:x@pg.data.svc/bahi' } },
    ],
    [
      'any host in a service mesh',
      {
        cleartextHosts: '*',
        hasTls: false,
        serviceUrls: { auth: 'http://auth:8081' },
        redisUrl: 'redis://a:b@r',
      },
    ],
    ['Sentinel over TLS', { redisUrl: 'rediss-sentinel://a:b@s1:1,s2:2/bahi' }],
    [
      'a collector whose way something else encrypts',
      { cleartextHosts: 'monitoring.svc', otlpEndpoint: 'http://collector.monitoring.svc:4318' },
    ],
    ['no collector', { otlpEndpoint: undefined }],
    ['an internal port that nobody calls', { hasTls: false, serviceUrls: {} }],
  ])('takes %s', (_what, settings) => {
    expect(productionFaults({ ...good, ...settings })).toEqual([])
  })

  it.each<[fault: string, settings: Partial<ProductionSettings>]>([
    ['sandbox simulates the outside world', { services: ['user', 'sandbox'] }],
    ['of user reaches PostgreSQL in the clear', { databaseUrls: { user: 'postgres://u:x@db/bahi' } }],
    [
      'without a check of its certificate',
      { databaseUrls: { user: 'postgres://u:x@db/bahi?sslmode=require' } },
    ],
    ['of user has no password', { databaseUrls: { user: 'postgres://u@db/bahi?sslmode=verify-full' } }],
    ['password that everybody knows', { databaseUrls: { user: 'postgres://u:postgres@127.0.0.1/bahi' } }],
    [
      'password that everybody knows',
      { databaseUrls: { user: 'postgres://bahi_user:bahi_user@127.0.0.1/bahi' } },
    ],
    ['REDIS_URL reaches Redis in the clear: use rediss://', { redisUrl: 'redis://a:b@redis' }],
    ['use rediss-sentinel://', { redisUrl: 'redis-sentinel://a:b@127.0.0.1:1,s2:2/bahi' }],
    ['REDIS_URL has no password', { redisUrl: 'rediss://redis' }],
    ['AMQP_URL reaches RabbitMQ in the clear: use amqps://', { amqpUrl: 'amqp://a:b@rabbit' }],
    ['AMQP_URL has a password that everybody knows', { amqpUrl: 'amqps://guest:guest@rabbit' }],
    ['calls auth in the clear', { serviceUrls: { auth: 'https://auth,http://auth' } }],
    ['BAHI_TLS_CERT_FILE is missing', { hasTls: false }],
    ['BAHI_BLOBS reaches its endpoint', { blobs: 's3://files?region=x&endpoint=http%3A%2F%2Fminio:9000' }],
    ['OTEL_EXPORTER_OTLP_ENDPOINT reaches the collector', { otlpEndpoint: 'http://collector:4318' }],
  ])('says "%s"', (fault, settings) => {
    const faults = productionFaults({ ...good, ...settings })
    expect(faults).toEqual([expect.stringContaining(fault)])
    expect(faults.join()).not.toMatch(/7hK2pQ|:x@/)
  })

  it('covers the names below a name, and no others', () => {
    const isClear = inClear('data.svc, pg')
    expect(['pg', 'PG', 'a.data.svc', 'data.svc', 'xdata.svc', 'pg.x'].map(isClear)).toEqual([
      ...[false, false, false, false],
      ...[true, true],
    ])
  })
})
