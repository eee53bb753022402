// Starts everything on this machine with one command: PostgreSQL, all services, the sandbox, and people to play with.
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { folderStorage } from '@bahi/kit/blobs/folder-storage.ts'
import { tryPort } from '@bahi/kit/port.ts'
import { settingOf } from '@bahi/kit/runtime/environment.ts'
import { parseArguments } from '@bahi/platform/arguments.ts'
import type { Embedded } from '@bahi/platform/embedded.ts'
import { createShutdown } from '@bahi/platform/shutdown.ts'

const help = `npm start [-- options]

Starts bahi on this machine: an embedded PostgreSQL, all services in one process, the sandbox, four demo people, a shop.
Data stays between starts. Ctrl-C ends it and leaves nothing running.

  --fresh          begin anew; the data there was is deleted once it has started
  --port <n>       the gateway's port (default 8080, or BAHI_PORT); ten above it is the operators' console
  --data <folder>  where the data lives (default .bahi)
  --backups <folder>  archive PostgreSQL's log there all the time, for npm run backup (or BAHI_BACKUPS)
  --log <level>    fatal, error, warn, info, debug or silent (default warn)
  --help           this text

Settings of services in the environment are theirs (docs/operate/settings.md), as BAHI_REVOKED_NUMBERS_KEY. Keys,
folders, ports and what every process reads are decided here: setting one of them is a fault, as is an unknown one.`

const { values } = parseArguments(help, {
  fresh: { type: 'boolean' },
  port: { type: 'string' },
  data: { type: 'string', default: '.bahi' },
  backups: { type: 'string' },
  log: { type: 'string', default: 'warn' },
})
const portGiven = values.port ?? settingOf('BAHI_PORT', process.env)
const port = Number(portGiven ?? 8080)
const consoleAbove = 10
/** Of services, besides their keys. */
const decided = [
  ...['BAHI_CONSOLE_PORT', 'BAHI_WEB_FOLDER', 'BAHI_CONSOLE_FOLDER', 'BAHI_BACKUP_STATUS'],
  'BAHI_SANDBOX_SMTP_PORT',
]
const repository = values.backups ?? process.env['BAHI_BACKUPS']
const folder = resolve(values.data)
const began = performance.now()
const ends = createShutdown()

try {
  if (!Number.isInteger(port) || port < 1 || port > 65_535 - consoleAbove)
    throw new Error(`--port ${portGiven}: no port`)
  await claimPort(port)
  await claimPort(port + consoleAbove)
  const before = values.fresh
    ? await (await import('@bahi/platform/set-aside.ts')).setAside(folder)
    : undefined
  if (before) ends.onExit(() => before.restore())
  const running = await start()
  if (!ends.isStopping) {
    await before?.forget()
    const { printStartMessage: welcome } = await import('./start-message.ts')
    welcome({
      url: running.url,
      seconds: (performance.now() - began) / 1000,
      folder,
      how: 'one process',
      web: running.web,
      consoleUrl: running.consoleUrl,
      database: running.database,
    })
  }
} catch (error) {
  console.error(`\nbahi did not start: ${(error as Error).message}`)
  await ends.exit(1)
}

async function claimPort(port: number): Promise<void> {
  await tryPort(port).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE') {
      throw new Error(
        `port ${port} is in use. Is bahi running already? Choose another one: npm start -- --port 8081`,
      )
    }
    if (error.code === 'EACCES')
      throw new Error(`port ${port} may not be used by this user: choose one above 1023`)
    throw error
  })
}

async function start(): Promise<Embedded & { database: string; web: boolean; consoleUrl: string }> {
  // Loaded here, so that a wrong option or a port in use is reported at once.
  const [
    { startPostgres },
    { secretsIn },
    { startEmbedded },
    { settingsForStart },
    { isSeeded, seed },
    { builtWeb },
  ] = await Promise.all([
    import('@bahi/kit/sql/embedded-postgres.ts'),
    import('@bahi/platform/secrets.ts'),
    import('@bahi/platform/embedded.ts'),
    import('@bahi/platform/start-settings.ts'),
    import('@bahi/platform/seed.ts'),
    import('@bahi/platform/web-build.ts'),
  ])
  const secrets = await secretsIn(folder).catch((error: NodeJS.ErrnoException) => {
    throw ['EACCES', 'EPERM', 'EROFS'].includes(error.code ?? '')
      ? new Error(
          `no permission to write in ${folder}: choose another folder with --data, or change its permissions`,
        )
      : error
  })
  const given = settingsForStart(process.env, [...Object.keys(secrets.env), ...decided])
  const dataDir = join(folder, 'postgres')
  const settings = await archiving(dataDir)
  const [postgres, web, staffWeb] = await Promise.all([
    startPostgres({ dataDir, settings }),
    builtWeb(),
    builtWeb('web/console'),
  ])
  ends.onExit(() => postgres.stop())
  const blobs = join(folder, 'blobs')
  await mkdir(blobs, { recursive: true })
  const deadLetters = join(folder, 'dead-letters.jsonl')
  const running = await startEmbedded({
    adminUrl: postgres.adminUrl,
    secrets,
    port,
    logLevel: values.log,
    deadLetters,
    blobs: folderStorage(blobs),
    env: {
      BAHI_KYC_LIMITS: 'true',
      ...given,
      BAHI_CONSOLE_PORT: String(port + consoleAbove),
      ...(web ? { BAHI_WEB_FOLDER: web } : {}),
      ...(repository ? { BAHI_BACKUP_STATUS: join(resolve(repository), 'status.json') } : {}),
      ...(staffWeb ? { BAHI_CONSOLE_FOLDER: staffWeb } : {}),
    },
  })
  ends.onExit(() => running.close())
  if (!(await isSeeded(running.url))) {
    console.log('first start: opening accounts for the demo people …')
    await seed(running.url, running.asSandbox, true)
  }
  const password = join(folder, 'postgres.password')
  const database = `PGPASSWORD=$(cat '${password}') psql -h 127.0.0.1 -p ${postgres.port} -U bahi bahi`
  const consoleUrl = `http://127.0.0.1:${port + consoleAbove}`
  return { ...running, database, web: web !== undefined, consoleUrl }
}

/** Settings of PostgreSQL for continuous archiving, where that is wanted. */
async function archiving(dataDir: string): Promise<Record<string, string>> {
  if (!repository) return {}
  const [{ archivingTo }, { backupKeyIn }] = await Promise.all([
    import('@bahi/platform/backup/archiving.ts'),
    import('@bahi/platform/backup/backup-key.ts'),
  ])
  const { x: recipient } = await backupKeyIn(join(folder, 'backup-key.json'))
  return archivingTo(resolve(repository), recipient, dataDir)
}
