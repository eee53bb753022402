// Configuration: every fault at once, nothing guessed.
import Type from 'typebox'
import { describe, expect, it } from 'vitest'
import { loadConfig } from './config.ts'

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
    const env = { BAHI_COUNT: 'many', BAHI_MODE: 'c', BAHI_KEY: 'x', BAHI_NMAE: 'bahi' }
    const attempt = () => loadConfig(Config, env)
    expect(attempt).toThrow(/5 fault/)
    for (const fault of ['BAHI_NAME is missing: Who we are.', 'BAHI_COUNT', 'BAHI_MODE', 'BAHI_KEY']) {
      expect(attempt).toThrow(fault)
    }
  })

  it('suggests what an unknown key was meant to be', () => {
    const attempt = () => loadConfig(Config, { BAHI_NAME: 'bahi', BAHI_NMAE: 'x' })
    expect(attempt).toThrow('BAHI_NMAE is not known here; did you mean BAHI_NAME?')
  })

  it('treats an empty value as missing, and accepts the keys of other services', () => {
    expect(() => loadConfig(Config, { BAHI_NAME: '' })).toThrow('BAHI_NAME is missing')
    expect(loadConfig(Config, { BAHI_NAME: 'bahi', BAHI_OTHER: '1' }, ['BAHI_OTHER'])).toMatchObject({
      BAHI_NAME: 'bahi',
    })
  })
})
