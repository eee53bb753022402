// For tests: an API of Kubernetes with CloudNativePG behind it, as far as the verification of a backup asks it.
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

type Cluster = {
  metadata: { name: string; labels: Record<string, string>; annotations: Record<string, string> }
  status?: { phase?: string; readyInstances?: number }
}

export type StandIn = {
  url: string
  /** Where the operator's Secret of the cluster is mounted. */
  credentials: string
  cluster: Cluster | undefined
  /** The ConfigMap's. */
  status: string
  /** What was asked for, without looks at the cluster. */
  asked: string[]
  /** What the next requests are answered with instead. */
  failures: number[]
  /** Gives the URL of the server that was restored; default: none ever is. */
  restore(): Promise<string>
  close(): void
}

const answers = (cluster: Cluster | undefined) => (cluster ? [200, cluster] : [404, {}])

/** @param folder for the credentials */
export async function startStandIn(folder: string): Promise<StandIn> {
  const credentials = join(folder, 'credentials')
  const server = createServer((request, response) => {
    void textOf(request).then(async (text) => {
      const [status, body] =
        request.headers.authorization === 'Bearer a-token' ? await answer(request, text) : [401, {}]
      response.writeHead(status as number).end(JSON.stringify(body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const standIn: StandIn = {
    ...{ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, credentials },
    ...{ cluster: undefined, status: '', asked: [], failures: [] },
    restore: () => new Promise(() => undefined),
    close() {
      server.closeAllConnections()
      server.close()
    },
  }

  async function answer({ method, url = '' }: IncomingMessage, text: string): Promise<unknown[]> {
    const [, name = ''] = /^\/apis\/postgresql.cnpg.io\/v1\/namespaces\/pay\/clusters\/?(.*)$/.exec(url) ?? []
    const line = `${method} ${url.replace(/^.*namespaces\/pay\//, '')}`
    if (line !== `GET clusters/${name}` || name === '') standIn.asked.push(line)
    const failure = standIn.failures.shift()
    if (failure) return [failure, {}]
    switch (line) {
      case 'POST clusters':
        standIn.cluster = JSON.parse(text) as Cluster
        standIn.cluster.status = { phase: 'Setting up primary' }
        void standIn.restore().then(answerAt)
        return [201, standIn.cluster]
      case 'GET clusters/bahi-db-verify':
        return answers(standIn.cluster)
      case 'DELETE clusters/bahi-db-verify': {
        const found = standIn.cluster
        standIn.cluster = undefined
        await rm(credentials, { recursive: true, force: true })
        return answers(found)
      }
      case 'GET objectstores/bahi-db-backup':
        return [
          200,
          {
            status: {
              serverRecoveryWindow: { 'bahi-db': { lastSuccessfulBackupTime: '2026-11-27T20:35:00Z' } },
            },
          },
        ]
      case 'GET configmaps/bahi-backup-status':
        return [200, standIn.status ? { data: { 'status.json': standIn.status } } : {}]
      case 'PATCH configmaps/bahi-backup-status':
        standIn.status = (JSON.parse(text) as { data: Record<string, string> }).data['status.json']!
        return [200, {}]
      default:
        return [403, {}]
    }
  }

  /** The server is ready before its password has reached the pod, as with a kubelet. */
  async function answerAt(adminUrl: string): Promise<void> {
    if (standIn.cluster) standIn.cluster.status = { phase: 'Cluster in healthy state', readyInstances: 1 }
    const { username, password, hostname, port, pathname } = new URL(adminUrl)
    const files = { username, password, host: hostname, port, dbname: pathname.slice(1) }
    await mkdir(credentials, { recursive: true })
    for (const [name, value] of Object.entries(files))
      await writeFile(join(credentials, name), decodeURIComponent(value))
  }
  return standIn
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}

export type Run = {
  child: ChildProcess
  /** Its status, or the signal that it was ended by. */
  ended: Promise<number | string | null>
  output(): string
}

/** Starts the command of the image, for a cluster that begins from nothing but the stand-in. */
export async function startVerification(
  { url, credentials }: StandIn,
  folder: string,
  more: string[] = [],
): Promise<Run> {
  const [token, cluster] = [join(folder, 'token'), join(folder, 'cluster.json')]
  await writeFile(token, 'a-token\n')
  await writeFile(
    cluster,
    JSON.stringify({
      ...{ apiVersion: 'postgresql.cnpg.io/v1', kind: 'Cluster', metadata: { name: 'bahi-db-verify' } },
      spec: { instances: 1 },
    }),
  )
  const args = {
    ...{ api: url, token, cluster, credentials, namespace: 'pay', job: 'verify-1', 'job-uid': 'uid-1' },
    ...{ store: 'bahi-db-backup', server: 'bahi-db', status: 'bahi-backup-status', 'every-seconds': '0.05' },
  }
  const given = Object.entries(args).map(([name, value]) => `--${name}=${value}`)
  const file = join(import.meta.dirname, '../../../deploy/image/bahi.ts')
  const child = spawn(process.execPath, [file, 'verify-backup', ...given, ...more], { stdio: 'pipe' })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += String(chunk)))
  // Not `exit`: what it printed comes later.
  const ended = new Promise<number | string | null>((resolve) =>
    child.once('close', (status, by) => resolve(status ?? by)),
  )
  return { child, ended, output: () => output }
}
