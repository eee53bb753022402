// Proves that the latest backup on Kubernetes can be restored, and that its books are whole: in a cluster of its own,
// which is there for as long as that takes.
import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { backupStatusOf, type BackupStatus } from '@bahi/kit/runtime/backup-status.ts'
import {
  createCluster,
  isOccupied,
  removeCluster,
  removeLeftover,
  untilReady,
  type ClusterDeps,
  type Manifest,
} from './temporary-cluster.ts'

export type Verification = ClusterDeps & {
  manifest: Manifest
  /** The ObjectStore of the plugin, and the folder in it: when its newest backup was made. */
  store: { name: string; serverName: string }
  /** The ConfigMap with what the gateway shows and measures. */
  statusMap: string
  /** Files of the owner's name and password there, which the operator makes: they appear after the cluster. */
  credentials: string
  /** The authority of the server's certificate, as a file beside them. */
  ca?: string
  timeoutMs: number
  /** How long a server that is ready may refuse: until its password has reached this pod. */
  connectMs: number
  /** Whoever ends this: nothing is published then, and another pod begins anew. */
  stopped: AbortSignal
}

const commands = join(import.meta.dirname, '../image/bahi.ts')
/** Of a verifying command that could not reach the database. */
const notChecked = 2

/** True when the backup was restored and is whole. Whatever happens, the cluster is deleted. */
export async function verifyBackup(deps: Verification): Promise<boolean> {
  const newest = await newestBackup(deps).catch((error: Error) => void deps.log(error.message))
  if (newest) await publish(deps, newest)
  const news = await outcome(deps)
  await publish(deps, news)
  deps.log(news.lastVerifiedAt ? 'verified' : 'not verified')
  return news.lastVerifiedAt !== undefined
}

/** Throws when it is not known: another verification runs, or this one was ended. */
async function outcome(deps: Verification): Promise<BackupStatus> {
  const { name } = deps.manifest.metadata
  const timeout = AbortSignal.timeout(deps.timeoutMs)
  const signal = AbortSignal.any([deps.stopped, timeout])
  let isOurs = true
  try {
    await removeLeftover(deps, name, signal)
    return await verified(deps, signal)
  } catch (error) {
    isOurs = !isOccupied(error)
    if (deps.stopped.aborted || !isOurs) throw error
    const late = timeout.aborted ? `not within ${deps.timeoutMs / 1_000} s: ` : ''
    deps.log(late + (error as Error).message)
    return { verificationFailedAt: new Date().toISOString() }
  } finally {
    if (isOurs) {
      await removeCluster(deps, name)
      deps.log(`cluster ${name} is deleted`)
    }
  }
}

async function verified(deps: Verification, signal: AbortSignal): Promise<BackupStatus> {
  const { manifest, log } = deps
  // What is restored is at most as old as this: the log is archived all the time.
  const asOf = new Date()
  await createCluster(deps, manifest, new Date(asOf.getTime() + deps.timeoutMs))
  await untilReady(deps, manifest.metadata.name, signal)
  const restoreMs = Date.now() - asOf.getTime()
  log(`restored in ${(restoreMs / 1_000).toFixed(0)} s, as of ${asOf.toISOString()}`)
  const refusedUntil = Date.now() + deps.connectMs
  for (;;) {
    const status = await run(deps, ['verify', '--as-of', asOf.toISOString()], signal)
    if (status === 0) break
    if (status !== notChecked || Date.now() > refusedUntil) throw new Error(`verify ended with ${status}`)
    await delay(deps.everyMs, undefined, { signal })
  }
  const status = await run(deps, ['verify-audit', '--until', asOf.toISOString()], signal)
  if (status !== 0) throw new Error(`verify-audit ended with ${status}`)
  return { lastVerifiedAt: new Date().toISOString(), restoreMs }
}

/** The status that a command of the image ends with on the restored database. */
async function run(deps: Verification, args: string[], signal: AbortSignal): Promise<number> {
  const url = await addressIn(deps.credentials, deps.ca !== undefined).catch(() => undefined)
  if (url === undefined) return notChecked
  const env = {
    ...process.env,
    ...{ DATABASE_ADMIN_URL: url, DATABASE_URL: url },
    ...(deps.ca ? { NODE_EXTRA_CA_CERTS: deps.ca } : {}),
  }
  const child = spawn(process.execPath, [commands, ...args], {
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
    signal,
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (status, by) =>
      status === null ? reject(new Error(`${args[0]} was ended by ${by}`)) : resolve(status),
    )
  })
}

/** Read each time: a password of a cluster that was there before is replaced while this waits. */
async function addressIn(folder: string, isEncrypted: boolean): Promise<string> {
  const read = async (name: string) => encodeURIComponent((await readFile(join(folder, name), 'utf8')).trim())
  const [user, password, host, port, name] = await Promise.all(
    ['username', 'password', 'host', 'port', 'dbname'].map(read),
  )
  return `postgres://${user}:${password}@${host}:${port}/${name}${isEncrypted ? '?sslmode=verify-full' : ''}`
}

type Windows = { status?: { serverRecoveryWindow?: Record<string, Record<string, string>> } }

/** When the plugin made the newest one; undefined while it says nothing. */
async function newestBackup({
  kubernetes,
  namespace,
  store,
}: Verification): Promise<BackupStatus | undefined> {
  const path = `/apis/barmancloud.cnpg.io/v1/namespaces/${namespace}/objectstores/${store.name}`
  const answer = await kubernetes('GET', path)
  if (!answer.isGood) throw new Error(`Kubernetes answers ${answer.status} to a look at ${store.name}`)
  const window = answer.json<Windows>().status?.serverRecoveryWindow?.[store.serverName]
  // Older versions of the plugin spell it so.
  const at = window?.['lastSuccessfulBackupTime'] ?? window?.['lastSuccussfulBackupTime']
  return at === undefined ? undefined : { lastSuccessAt: at }
}

/** Adds to what is known. */
async function publish(
  { kubernetes, namespace, statusMap }: Verification,
  news: BackupStatus,
): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/configmaps/${statusMap}`
  const found = await kubernetes('GET', path)
  if (!found.isGood) throw new Error(`Kubernetes answers ${found.status} to a look at ${statusMap}`)
  const known = backupStatusOf(found.json<{ data?: Record<string, string> }>().data?.['status.json'] ?? '')
  const data = { 'status.json': JSON.stringify({ ...known, ...news }) }
  const answer = await kubernetes('PATCH', path, { data })
  if (!answer.isGood) throw new Error(`not published: Kubernetes answers ${answer.status}`)
}
