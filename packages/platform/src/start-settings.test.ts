// What of the environment reaches services in `npm start`: a table.
import { expect, it } from 'vitest'
import { settingsForStart } from './start-settings.ts'

const decided = ['BAHI_CONSOLE_PORT', 'BAHI_PIN_KEY']
const key = 'x'.repeat(40)

it.each<[why: string, env: Record<string, string>, passed: Record<string, string>]>([
  ['a setting of a service', { BAHI_REVOKED_NUMBERS_KEY: key }, { BAHI_REVOKED_NUMBERS_KEY: key }],
  [
    'a secret as a file',
    { BAHI_REVOKED_NUMBERS_KEY_FILE: '/run/key' },
    { BAHI_REVOKED_NUMBERS_KEY_FILE: '/run/key' },
  ],
  ['an empty one is none', { BAHI_REVOKED_NUMBERS_KEY: '', BAHI_CONSOLE_PORT: '' }, {}],
  ['what the start reads itself', { BAHI_PORT: '8085', BAHI_BACKUPS: '/mnt' }, {}],
  ['what other commands and tests read', { BAHI_OPERATOR_PASSWORD: 'x', BAHI_TEST_LOG: 'debug' }, {}],
  ['what is none of ours', { PATH: '/bin', REDIS_URL: 'redis://x', BAHI_USER_PORT: 'tcp://10.0.0.1:80' }, {}],
])('%s', (_why, env, passed) => {
  expect(settingsForStart(env, decided)).toEqual(passed)
})

it('refuses, all at once, what nobody knows and what the start decides', () => {
  const env = {
    ...{ BAHI_REVOKED_NUMBER_KEY: key, BAHI_MODE: 'production', BAHI_PIN_KEY: 'x', BAHI_PIN_KEY_FILE: '/x' },
    ...{ BAHI_RATE_PERSON: '1:1' },
  }
  let faults: string[] = []
  try {
    settingsForStart(env, decided)
  } catch (error) {
    faults = (error as { faults: string[] }).faults
  }
  expect(faults).toEqual([
    'BAHI_REVOKED_NUMBER_KEY is not known here; did you mean BAHI_REVOKED_NUMBERS_KEY?',
    ...['BAHI_MODE', 'BAHI_PIN_KEY', 'BAHI_PIN_KEY_FILE'].map(
      (name) => `${name} is decided by npm start, see --help: leave it out`,
    ),
  ])
})
