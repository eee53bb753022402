// PostgreSQL, Redis and RabbitMQ over TLS, with a CA that the process was told to trust, and refused without.
import { chmod, chown, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { testAuthority } from '@bahi/testing/certificates.ts'
import { ensureServers, startRedis, type Server } from '@bahi/testing/servers.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { redisCache } from '../cache/redis-cache.ts'
import { freePort } from '../port.ts'
import { startPostgres, type EmbeddedPostgres } from '../sql/embedded-postgres.ts'
import { connect } from '../sql/sql.ts'
import { trustCas } from './service-tls.ts'

const { missing } = await ensureServers(['redis-server'])
const noRedis = missing.length > 0 && process.env['CI'] !== 'true'
const system = getCACertificates('default')
const log = { info: () => undefined, warn: () => undefined }

let folder: string
let caFile: string
let postgres: EmbeddedPostgres | undefined
let redis: Server | undefined

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bahi-cas-'))
  const authority = await testAuthority()
  const { cert, key } = await authority.issue()
  const [certFile, keyFile] = [join(folder, 'tls.crt'), join(folder, 'tls.key')]
  caFile = join(folder, 'ca.crt')
  await writeFile(caFile, authority.ca)
  await writeFile(certFile, cert)
  await writeFile(keyFile, key, { mode: 0o600 })
  await chmod(folder, 0o755)
  const dataDir = join(folder, 'postgres')
  postgres = await startPostgres({ dataDir, durable: false })
  // As root, the server runs as somebody else, whose key it must be.
  const { uid, gid } = await stat(dataDir)
  await chown(keyFile, uid, gid)
  const admin = connect(postgres.adminUrl, { max: 1 })
  for (const setting of [`ssl_cert_file = '${certFile}'`, `ssl_key_file = '${keyFile}'`, 'ssl = on'])
    await admin.unsafe(`alter system set ${setting}`)
  await admin`select pg_reload_conf()`
  await admin.end()
  if (noRedis) return
  const port = await freePort()
  const tls = [
    '--port',
    '0',
    '--tls-port',
    String(port),
    '--tls-auth-clients',
    'no',
    '--tls-ca-cert-file',
    caFile,
  ]
  redis = await startRedis({ port, args: [...tls, '--tls-cert-file', certFile, '--tls-key-file', keyFile] })
})
afterAll(async () => {
  setDefaultCACertificates(system)
  await postgres?.stop()
  await redis?.stop()
  await rm(folder, { recursive: true })
})

/** Whether PostgreSQL was reached over TLS; why not otherwise. */
async function atPostgres(host: string): Promise<unknown> {
  const url = new URL(postgres!.adminUrl)
  url.hostname = host
  url.searchParams.set('sslmode', 'verify-full')
  const sql = connect(url.href, { max: 1 })
  return sql`select ssl from pg_stat_ssl where pid = pg_backend_pid()`
    .then(
      ([row]) => row?.['ssl'] as unknown,
      (error: { code?: string }) => error.code,
    )
    .finally(() => sql.end({ timeout: 1 }))
}

async function atRedis(): Promise<string> {
  const cache = redisCache(redis!.url.replace('redis://127.0.0.1', 'rediss://localhost'))
  return cache
    .check()
    .then(
      () => 'works',
      () => 'fails',
    )
    .finally(() => cache.close())
}

describe('a server whose CA is', () => {
  it('not trusted is not used', async () => {
    await expect.poll(() => atPostgres('localhost')).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE')
    if (!noRedis) expect(await atRedis()).toBe('fails')
  })

  it('among BAHI_CA_FILES is used, under its own name', async () => {
    const trusted = trustCas([caFile], log)
    expect(await atPostgres('localhost')).toBe(true)
    if (!noRedis) await expect.poll(atRedis).toBe('works')
    trusted.close()
  })
})
