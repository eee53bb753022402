// Configuration: every fault at once, nothing guessed.
import Type from 'typebox'
import { describe, expect, it } from 'vitest'
import { loadConfig, unknownSettings } from './config.ts'

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

  it('treats an empty value as missing', () => {
    expect(() => loadConfig(Config, { BAHI_NAME: '' })).toThrow('BAHI_NAME is missing')
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

  it('is none of another service, and none without our prefix', () => {
    expect(unknownSettings({ BAHI_OTHER: '1', PATH: '/bin' }, known)).toEqual([])
  })
})
