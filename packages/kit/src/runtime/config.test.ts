// Configuration: every fault at once, nothing guessed.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Type from 'typebox'
import { afterAll, describe, expect, it } from 'vitest'
import { loadConfig, settingNames, unknownSettings } from './config.ts'

const Config = Type.Object({
  BAHI_NAME: Type.String({ minLength: 2, description: 'Who we are.' }),
  BAHI_COUNT: Type.Integer({ minimum: 1, default: 7 }),
  BAHI_MODE: Type.Union([Type.Literal('a'), Type.Literal('b')], { default: 'a' }),
  BAHI_KEY: Type.Optional(Type.String({ pattern: '^[0-9]+$' })),
})

describe('the configuration', () => {
  it('takes what is given, converts numbers and fills in defaults', () => {
    expect(loadConfig(Config, { BAHI_NAME: 'bahi', BAHI_COUNT: '12', PATH: '/bin' })).toEqual({
      BAHI_NAME: 'bahi',
      BAHI_COUNT: 12,
      BAHI_MODE: 'a',
    })
  })

  it('names all faults at once', () => {
    const env = { BAHI_COUNT: 'many', BAHI_MODE: 'c', BAHI_KEY: 'x' }
    const attempt = () => loadConfig(Config, env)
    expect(attempt).toThrow(/4 fault/)
    for (const fault of ['BAHI_NAME is missing: Who we are.', 'BAHI_COUNT', 'BAHI_MODE', 'BAHI_KEY']) {
      expect(attempt).toThrow(fault)
    }
  })

  it('treats what Kubernetes adds under the name of a setting as missing', () => {
    const Ports = Type.Object({ BAHI_PORT: Type.Integer({ default: 8080 }) })
    expect(loadConfig(Ports, { BAHI_PORT: 'tcp://10.96.0.1:80' })).toEqual({ BAHI_PORT: 8080 })
    expect(loadConfig(Ports, { BAHI_PORT: '9000' })).toEqual({ BAHI_PORT: 9000 })
    expect(() => loadConfig(Ports, { BAHI_PORT: 'http' })).toThrow('BAHI_PORT')
  })

  it('treats an empty value as missing', () => {
    expect(() => loadConfig(Config, { BAHI_NAME: '' })).toThrow('BAHI_NAME is missing')
  })
})

describe('a secret setting', () => {
  const Secrets = Type.Object({
    BAHI_PIN_KEY: Type.String({ secret: true, minLength: 3 }),
    BAHI_WORD: Type.String({ default: '' }),
  })
  const folder = mkdtempSync(join(tmpdir(), 'bahi-secret-'))
  const file = join(folder, 'pin-key')
  afterAll(() => rmSync(folder, { recursive: true }))

  it('may be given as a file, without the end of its line', () => {
    writeFileSync(file, 'from a file\n')
    expect(loadConfig(Secrets, { BAHI_PIN_KEY_FILE: file })).toMatchObject({ BAHI_PIN_KEY: 'from a file' })
    writeFileSync(file, 'no end')
    expect(loadConfig(Secrets, { BAHI_PIN_KEY_FILE: file })).toMatchObject({ BAHI_PIN_KEY: 'no end' })
    expect(settingNames(Secrets)).toEqual(['BAHI_PIN_KEY', 'BAHI_PIN_KEY_FILE', 'BAHI_WORD'])
  })

  it.each([
    ['is also given itself', { BAHI_PIN_KEY: 'x', BAHI_PIN_KEY_FILE: file }, 'are both set'],
    ['names no file', { BAHI_PIN_KEY_FILE: join(folder, 'none') }, 'none cannot be read (ENOENT)'],
    ['names a folder', { BAHI_PIN_KEY_FILE: folder }, 'cannot be read (EISDIR)'],
  ])('is a fault when its file %s', (_what, env, fault) => {
    writeFileSync(file, 'sesame\n')
    expect(() => loadConfig(Secrets, env)).toThrow(fault)
  })

  it('is not named by what is wrong with it', () => {
    writeFileSync(file, 'ab\n')
    expect(() => loadConfig(Secrets, { BAHI_PIN_KEY_FILE: file })).toThrow(/^(?!.*\bab\b)/s)
  })

  it('is empty when its file is', () => {
    writeFileSync(file, '\n')
    expect(() => loadConfig(Secrets, { BAHI_PIN_KEY_FILE: file })).toThrow('BAHI_PIN_KEY is missing')
  })
})

describe('an unknown setting', () => {
  const known = ['BAHI_NAME', 'BAHI_OTHER']

  it('is a fault, with a guess at what it was meant to be', () => {
    expect(unknownSettings({ BAHI_NMAE: 'x', BAHI_FAR_AWAY: '1' }, known)).toEqual([
      'BAHI_NMAE is not known here; did you mean BAHI_NAME?',
      'BAHI_FAR_AWAY is not known here',
    ])
  })

  it.each([
    ['BAHI_PAYMENT_PORT', 'tcp://10.96.0.7:8080'],
    ['BAHI_PAYMENT_SERVICE_HOST', '10.96.0.7'],
    ['BAHI_PAYMENT_SERVICE_PORT', '8080'],
    ['BAHI_PAYMENT_SERVICE_PORT_HTTP_METRICS', '8082'],
    ['BAHI_PAYMENT_PORT_8080_TCP', 'tcp://10.96.0.7:8080'],
    ['BAHI_PAYMENT_PORT_8080_TCP_PROTO', 'tcp'],
    ['BAHI_PAYMENT_PORT_8080_TCP_PORT', '8080'],
    ['BAHI_PAYMENT_PORT_8080_TCP_ADDR', '10.96.0.7'],
    ['BAHI_PAYMENT_PORT_53_UDP', 'udp://10.96.0.7:53'],
    ['BAHI_SERVICE_HOST', '10.96.0.7'],
  ])('is not %s, which Kubernetes adds', (name, value) => {
    expect(unknownSettings({ [name]: value }, known)).toEqual([])
  })

  it.each([
    ['BAHI_PAYMENT_PORT', '8080'],
    ['BAHI_INTERNAL_PROT', '8081'],
    ['BAHI_PORT_HTTP', '8080'],
    ['BAHI_PAYMENT_HOST', 'payment'],
  ])('is %s=%s, which only looks like one of those', (name, value) => {
    expect(unknownSettings({ [name]: value }, known)).toHaveLength(1)
  })

  it('is none of another service, and none without our prefix', () => {
    expect(unknownSettings({ BAHI_OTHER: '1', PATH: '/bin' }, known)).toEqual([])
  })
})
