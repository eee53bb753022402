// Settings are documented, and what is secret among them is marked as such.
import { readFileSync } from 'node:fs'
import { BaseConfig } from '@bahi/kit/runtime/base-config.ts'
import type { About } from '@bahi/kit/runtime/config.ts'
import { expect, it } from 'vitest'
import { services } from './services.ts'
import { settingsDocument } from './settings-document.ts'

const all = [BaseConfig, ...services.map(({ config }) => config)].flatMap(({ properties }) =>
  Object.entries(properties).map(([name, about]) => ({ name, about: about as About })),
)

it('docs/operate/settings.md is what npm run settings writes', () => {
  const written = readFileSync(new URL('../../../docs/operate/settings.md', import.meta.url), 'utf8')
  expect(written.trim()).toBe(settingsDocument())
})

it('every setting says what it means', () => {
  expect(all.filter(({ about }) => !about.description).map(({ name }) => name)).toEqual([])
})

/** Public keys, days until a key is replaced, files, names of sites and what names no secret. */
const notSecret = [
  ...['BAHI_SERVICE_KEYS', 'BAHI_NETWORK_PEER_KEY', 'BAHI_SANDBOX_MEMBER_KEY', 'BAHI_KEY_ROTATION_DAYS'],
  ...['BAHI_TLS_KEY_FILE', 'BAHI_BLOBS_CREDENTIALS_FILE'],
  ...['BAHI_PASSKEY_ORIGINS', 'BAHI_PASSKEY_RP_ID'],
]

it('what looks like a secret is marked as one, or is listed as none', () => {
  const looks = /KEY|PASSWORD|CREDENTIALS|^(REDIS|AMQP)_URL$|DATABASE_URLS|SMTP_URL/
  const unmarked = all.filter(({ name, about }) => looks.test(name) && !about.secret).map(({ name }) => name)
  expect(new Set(unmarked)).toEqual(new Set(notSecret))
})
