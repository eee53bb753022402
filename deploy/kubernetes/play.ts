// The rendered compact platform in containers, by podman kube play, and a payment through it.
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@bahi/kit/port.ts'
import { startPostgres } from '@bahi/kit/sql/embedded-postgres.ts'
import { waitUntilReady } from '@bahi/platform/distributed.ts'
import { roleUrl, secretsIn } from '@bahi/platform/secrets.ts'
import { ensureServers, startRabbit, startRedis } from '@bahi/testing/servers.ts'
import { kubernetesObjects } from '../secrets/kubernetes-secrets.ts'
import { makeServerSecrets, processesOf } from '../secrets/process-secrets.ts'
import { brokerAccounts, cacheAccounts } from '../secrets/server-accounts.ts'
import { templateOf } from './chart-rules.ts'
import { chartFolder, render, type Rendered } from './rendered.ts'

type Ports = { internal: number; admin: number; public: number }

/** Ends with an exception when something of it does not hold; leaves nothing running. */
export async function play(helm: string, tag: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'bahi-play-'))
  const undo: (() => unknown)[] = [() => rm(folder, { recursive: true, force: true })]
  try {
    await run(helm, tag, folder, undo)
  } finally {
    for (const step of undo.reverse()) await step()
  }
}

async function run(helm: string, tag: string, folder: string, undo: (() => unknown)[]): Promise<void> {
  const processes = processesOf('compact')
  const servers = makeServerSecrets()
  const { missing } = await ensureServers(['redis-server', 'rabbitmq-server'])
  if (missing.length > 0) throw new Error(`not installed here: ${missing.join(', ')}`)
  const postgres = await startPostgres({ dataDir: join(folder, 'postgres'), port: await freePort() })
  undo.push(() => postgres.stop())
  // With the accounts of the processes alone, as in the chart.
  const users = join(folder, 'users.acl')
  await writeFile(users, cacheAccounts(processes, servers))
  const redis = await startRedis({ args: ['--aclfile', users] })
  undo.push(() => redis.stop())
  const definitions = JSON.parse(brokerAccounts(processes, servers)) as object
  const rabbitmq = await startRabbit({ definitions })
  undo.push(() => rabbitmq.stop())

  const ports = new Map<string, Ports>()
  for (const { name } of processes)
    ports.set(name, { internal: await freePort(), admin: await freePort(), public: await freePort() })
  const edge = `http://127.0.0.1:${ports.get('payment-path')!.public}`
  const objects = rendered(helm, tag)
  const adapted = adapt(objects, ports)
  const options = { name: 'bahi', namespace: 'bahi', clusterDomain: 'cluster.local', tls: false }
  const secrets = await secretsIn(folder)
  const given = kubernetesObjects(processes, secrets, servers, options, {
    database: (user, password) => roleUrl(postgres.adminUrl, user.replace('bahi_', ''), password),
    ownersDatabase: () => postgres.adminUrl,
    broker: (user, password) => rabbitmq.url.replace('guest:guest', `${user}:${password}`),
    cache: (user, password) => redis.url.replace('//', `//${user}:${password}@`),
  }).map(asConfigMap)
  // What podman makes of a ConfigMap that is mounted stays when its pods go.
  const volumes = given.map(({ metadata }) => metadata.name)
  undo.push(() => podman(['volume', 'rm', '--force', ...volumes], true))

  const migration = join(folder, 'migration.json')
  await writeDocuments(migration, [...given, ...adapted.filter(({ kind }) => kind === 'Pod')])
  undo.push(() => podman(['kube', 'down', migration], true))
  const began = performance.now()
  podman(['kube', 'play', '--network', 'host', migration])
  const status = podman(['wait', 'bahi-migrate-migrate']).trim()
  if (status !== '0')
    throw new Error(`migration: status ${status}\n${podman(['logs', 'bahi-migrate-migrate'])}`)
  console.log(`migrated from the image after ${since(began)} s`)

  const platform = join(folder, 'platform.json')
  await writeDocuments(platform, [...given, ...adapted.filter(({ kind }) => kind !== 'Pod')])
  undo.push(() => podman(['kube', 'down', platform], true))
  const started = performance.now()
  podman(['kube', 'play', '--network', 'host', platform])
  for (const { name } of processes) {
    const url = `http://127.0.0.1:${ports.get(name)!.admin}`
    if (!(await waitUntilReady(url, 90_000, () => false)))
      throw new Error(`${name} did not become ready\n${podman(['logs', '--tail', '20', containerOf(name)])}`)
    console.log(`${name} is ready after ${since(started)} s`)
  }

  const inSandbox = (...args: string[]) =>
    podman(['exec', containerOf('sandbox'), '/usr/local/bin/node', '/app/deploy/image/bahi.ts', ...args])
  console.log(inSandbox('seed', '--url', edge).trim())
  const shown = inSandbox('demo', '--url', edge)
  console.log(shown)
  // An account that lacks a right at RabbitMQ shows here alone: payments settle without it.
  if (!shown.includes('payment.settled  ')) throw new Error('the payment has no audit record')
  console.log(
    inSandbox('pay', '--url', edge, '--payments', '20', '--pause-ms', '0').trim().split('\n').at(-1),
  )
  // As in the CronJob that verifies backups: from the image for production.
  for (const command of ['verify', 'verify-audit']) {
    const limits = ['--rm', '--network', 'host', '--read-only', '--cap-drop', 'all', '--memory', '1g']
    const image = `localhost/bahi:${tag}`
    const address = `DATABASE_ADMIN_URL=${postgres.adminUrl}`
    console.log(
      podman(['run', ...limits, '--env', address, image, command])
        .trim()
        .split('\n')
        .at(-1),
    )
  }
  const columns = '{{.Name}}  {{.MemUsage}}'
  console.log(
    podman(['stats', '--no-stream', '--format', columns, ...processes.map(({ name }) => containerOf(name))]),
  )

  for (const { name } of processes) {
    const asked = performance.now()
    podman(['stop', '--time', '40', containerOf(name)])
    const ended = podman(['inspect', '--format', '{{.State.ExitCode}}', containerOf(name)]).trim()
    console.log(`${name} ended with ${ended} ${since(asked)} s after SIGTERM`)
    if (ended !== '0') throw new Error(`${name} did not end by itself`)
  }
}

function rendered(helm: string, tag: string): Rendered[] {
  const file = (name: string) => ['--values', join(chartFolder, 'values', name)]
  const pairs = [
    ...['image.repository=localhost/bahi', `image.tag=${tag}`, 'image.pullPolicy=Never'],
    ...['sandbox.image.repository=localhost/bahi-sandbox', `sandbox.image.tag=${tag}`],
    // What runs beside the containers.
    ...[
      'database.kind=external',
      'broker.kind=external',
      'cache.kind=external',
      'networkPolicy.enabled=false',
    ],
  ]
  return render(helm, [
    ...file('compact-small.yaml'),
    ...file('trial.yaml'),
    ...pairs.flatMap((pair) => ['--set', pair]),
  ])
}

/**
 * What podman 4.3 has not: Jobs (a Pod instead), probes without systemd, hooks, ports on the machine's network, Secrets
 * as volumes (ConfigMaps), and the names of Services (this machine's network, a port for each). Images, arguments,
 * settings, users, read-only root, capabilities, limits and paths are the chart's.
 */
function adapt(objects: Rendered[], ports: Map<string, Ports>): Rendered[] {
  return objects.flatMap((object): Rendered[] => {
    const { kind, metadata } = object
    const name = metadata.name.replace('bahi-', '')
    if (kind === 'ConfigMap')
      return [{ ...object, data: withPorts(object.data ?? {}, ports.get(name)!, ports) }]
    if (kind !== 'Deployment' && kind !== 'Job') return []
    const template = templateOf(object)
    const containers = template.spec.containers.map((container) => {
      const dropped = ['startupProbe', 'livenessProbe', 'readinessProbe', 'lifecycle', 'ports']
      return Object.fromEntries(Object.entries(container).filter(([name]) => !dropped.includes(name)))
    })
    const volumes = (template.spec.volumes ?? []).map(({ secret, ...volume }) =>
      secret
        ? {
            ...volume,
            configMap: {
              name: `${secret.secretName}-secret`,
              ...(secret.items ? { items: secret.items } : {}),
            },
          }
        : volume,
    )
    const spec = { ...template.spec, containers, volumes, hostNetwork: true }
    if (kind === 'Job')
      return [
        {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: 'bahi-migrate' },
          spec: { ...spec, restartPolicy: 'Never' },
        },
      ]
    return [{ ...object, spec: { ...object.spec, replicas: 1, template: { ...template, spec } } }]
  })
}

function withPorts(
  data: Record<string, string>,
  own: Ports,
  ports: Map<string, Ports>,
): Record<string, string> {
  const urls = JSON.parse(data['BAHI_SERVICE_URLS'] ?? '{}') as Record<string, string>
  const local = Object.entries(urls).map(([service, url]) => {
    const name = /^https?:\/\/bahi-([\w-]+)\./.exec(url)?.[1] ?? ''
    return [
      service,
      `http://127.0.0.1:${name === 'edge' ? ports.get('payment-path')!.public : ports.get(name)!.internal}`,
    ]
  })
  const isMail = data['BAHI_SMTP_URL'] !== undefined
  return {
    ...data,
    BAHI_HOST: '127.0.0.1',
    BAHI_PORT: String(own.public),
    BAHI_INTERNAL_PORT: String(own.internal),
    BAHI_ADMIN_PORT: String(own.admin),
    BAHI_SERVICE_URLS: JSON.stringify(Object.fromEntries(local)),
    ...(isMail ? { BAHI_SMTP_URL: 'smtp://127.0.0.1:2525' } : {}),
  }
}

function asConfigMap(object: ReturnType<typeof kubernetesObjects>[number]): Rendered {
  const { apiVersion, metadata, stringData, data } = object
  if (!stringData) return { apiVersion, kind: 'ConfigMap', metadata, ...(data ? { data } : {}) }
  // Settings of a process have its name already.
  return {
    apiVersion,
    kind: 'ConfigMap',
    metadata: { ...metadata, name: `${metadata.name}-secret` },
    data: stringData,
  }
}

/** As one file of JSON documents, which YAML reads. */
async function writeDocuments(file: string, objects: Rendered[]): Promise<void> {
  await writeFile(file, objects.map((object) => JSON.stringify(object)).join('\n---\n'), { mode: 0o600 })
}

const containerOf = (process: string) => `bahi-${process}-pod-0-bahi`
const since = (ms: number) => ((performance.now() - ms) / 1000).toFixed(1)

/** `isUndone`: it may have been done already. */
function podman(args: string[], isUndone = false): string {
  const { status, stdout, stderr, error } = spawnSync('podman', args, { encoding: 'utf8', maxBuffer: 1e8 })
  if (status !== 0 && !isUndone)
    throw new Error(`podman ${args.join(' ')}: ${error?.message ?? stderr}${stdout}`)
  return stdout
}
