// A process in production mode: every fault of its settings at once, and nothing of it in the clear.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type { ServiceName } from '@bahi/contracts/contract.ts'
import { expect, it } from 'vitest'
import { envOf, makeSecrets } from './secrets.ts'
import { services } from './services.ts'

const entry = join(import.meta.dirname, 'main.ts')

async function run(
  names: ServiceName[],
  env: Record<string, string>,
): Promise<{ status: number; said: string }> {
  const child = spawn(process.execPath, [entry, ...names], { env: { PATH: process.env['PATH'], ...env } })
  let said = ''
  for (const output of [child.stdout, child.stderr])
    output.on('data', (chunk: Buffer) => (said += String(chunk)))
  const status = await new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? -1)))
  return { status, said }
}

it('is the mode without a setting, and names every fault of a start that is meant for testers', async () => {
  const secrets = await makeSecrets()
  const names = services.map(({ name }) => name)
  const { status, said } = await run(names, {
    ...Object.assign({}, ...names.map((name) => envOf(name, secrets))),
    BAHI_DATA_KEYS: JSON.stringify(secrets.dataKeys),
    BAHI_SIGNING_KEYS: JSON.stringify(secrets.keys.private),
    BAHI_SERVICE_KEYS: JSON.stringify(secrets.keys.public),
    BAHI_SERVICE_URLS: '{"user":"http://user:8081"}',
    BAHI_DATABASE_URLS: JSON.stringify(
      Object.fromEntries(names.map((name) => [name, `postgres://u:v3ryS@db/${name}`])),
    ),
    REDIS_URL: 'redis://redis:6379',
    AMQP_URL: 'amqp://guest:guest@rabbitmq',
    BAHI_ISSUER: 'http://127.0.0.1:8080',
    BAHI_PUBLIC_URL: 'http://127.0.0.1:8080',
    BAHI_AUDIT_KEY: '',
    BAHI_CODE_KEYS: '[]',
    BAHI_ARGON2_MEMORY_KIB: '64',
    BAHI_ALLOWED_ORIGINS: 'http://other.example',
    BAHI_SMTP_URL: 'smtp://mail',
    BAHI_CLAMD: 'clamd:3310',
    BAHI_BLOBS: 's3://files?region=x',
    BAHI_TLS_KEY_FILE: '/nowhere',
    BAHI_PIN_VERIFIER_KEY_FILE: '/nowhere',
  })
  expect(status).toBe(78)
  const faults = [
    ...[
      'sandbox simulates',
      'of user reaches PostgreSQL in the clear',
      'REDIS_URL reaches',
      'REDIS_URL has no password',
    ],
    ...['AMQP_URL reaches', 'AMQP_URL has a password that everybody knows', 'calls user in the clear'],
    ...[
      'BAHI_TLS_CERT_FILE is missing',
      'BAHI_ISSUER is',
      'BAHI_PUBLIC_URL must',
      'BAHI_AUDIT_KEY is missing',
    ],
    ...['BAHI_ARGON2_MEMORY_KIB is below', 'BAHI_ALLOWED_ORIGINS names', 'BAHI_SMS_URL is missing'],
    ...['BAHI_SMTP_URL sends', 'BAHI_CLAMD gets', 'BAHI_NETWORK is', 'belong together: set all three'],
    ...[
      'BAHI_BLOBS needs BAHI_BLOBS_CREDENTIALS',
      'BAHI_PIN_VERIFIER_KEY and BAHI_PIN_VERIFIER_KEY_FILE are both set',
    ],
  ]
  expect(faults.filter((fault) => !said.includes(fault))).toEqual([])
  expect(said).not.toContain('v3ryS')
})
