// The chart as Helm renders it: objects of Kubernetes, and the texts of what Helm refuses.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { quickStartValues } from '../quick-start.ts'

export type Metadata = {
  name: string
  namespace?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
}
/** Any object; whoever reads one knows its kind. */
export type Rendered = {
  apiVersion: string
  kind: string
  metadata: Metadata
  spec?: Record<string, unknown>
  data?: Record<string, string>
  /** Of a Role. */
  rules?: { resourceNames?: string[] }[]
}

export const chartFolder = join(import.meta.dirname, '../chart')

/** The values of the restore in docs/operate/backup.md, as it stands there; those of `yours.yaml` are `yours`. */
export function restoreValues(yours: string[]): string[] {
  const document = readFileSync(join(chartFolder, '../../docs/operate/backup.md'), 'utf8').replaceAll(
    '\\\n',
    '',
  )
  const [, values = ''] = /^helm install bahi deploy\/chart -n restored (.+)$/m.exec(document) ?? []
  if (!values.includes('-f yours.yaml'))
    throw new Error('docs/operate/backup.md has no restore with yours.yaml')
  const words = [...values.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word]) => (quoted ?? word)!)
  const at = words.indexOf('yours.yaml')
  return [...words.slice(0, at - 1), ...yours, ...words.slice(at + 1)]
}

type Variant = { name: string; args: string[]; /** What no object of it says. */ without?: string }

/** Every layout and size, each as it is and as a trial, and what only an option shows. */
export function variants(): Variant[] {
  const layouts = readdirSync(join(chartFolder, 'values')).filter((file) => file !== 'trial.yaml')
  const file = (name: string) => ['--values', join(chartFolder, 'values', name)]
  const set = (...pairs: string[]) => pairs.flatMap((pair) => ['--set', pair])
  const all = set(
    ...['edge.ingress.enabled=true', 'edge.gateway.enabled=true', 'edge.gateway.className=envoy'],
    ...['edge.console.enabled=true', 'networkPolicy.consoleNamespaces={staff}'],
    ...['edge.console.ingress.enabled=true', 'edge.console.gateway.enabled=true'],
    ...['edge.console.gateway.name=staff', 'edge.console.gateway.namespace=staff'],
    ...[
      'monitoring.serviceMonitor=true',
      'monitoring.rules=true',
      'monitoring.dashboards.enabled=true',
      'monitoring.otlp.endpoint=https://collector.monitoring.svc:4318',
      'autoscaling.customMetrics=true',
      'secrets.external.enabled=true',
      'image.pullSecrets[0].name=registry',
      'revokedNumbers.enabled=true',
      'revokedNumbers.volume.persistentVolumeClaim.claimName=mnrl',
      'processes.auth.optionalSecrets={BAHI_REVOKED_NUMBERS_KEY}',
      'database.backup.enabled=true',
      'database.backup.destination=s3://bucket/bahi',
      'database.backup.credentials=backup',
    ],
  )
  const outside = set(
    ...['database', 'broker', 'cache'].flatMap((server) => [
      `${server}.kind=external`,
      `${server}.external.networks={10.1.0.0/24}`,
      `${server}.external.ca.secret=outside-ca`,
    ]),
  )
  return [
    // Without an adapter, which few clusters have, a scaler that asks for its metric fails.
    ...layouts.map((name) => ({ name, args: file(name), without: 'bahi_payments_in_flight' })),
    {
      name: 'a cluster of kind',
      args: [...file('separate-small.yaml'), '--values', join(import.meta.dirname, 'kind-values.yaml')],
      without: 'HorizontalPodAutoscaler',
    },
    ...layouts.map((name) => ({ name: `${name}, a trial`, args: [...file(name), ...file('trial.yaml')] })),
    { name: 'the README, a trial', args: quickStartValues() },
    { name: 'everything at once', args: [...file('separate-small.yaml'), ...all] },
    {
      name: 'a canary',
      args: [
        ...file('compact-small.yaml'),
        ...set('canary.enabled=true', 'canary.process=payment-path', 'canary.tag=1.1.0'),
      ],
    },
    {
      name: 'a canary of a trial',
      args: [
        ...[...file('compact-small.yaml'), ...file('trial.yaml')],
        ...set('canary.enabled=true', 'canary.process=payment-path', 'canary.tag=1.1.0', 'canary.steps={1}'),
      ],
    },
    {
      name: 'a restore',
      args: restoreValues([
        ...set('database.backup.enabled=true', 'database.backup.destination=s3://bucket/bahi'),
        ...set('database.backup.endpoint=https://objects.example', 'database.backup.encryption='),
      ]),
    },
    { name: 'an upgrade', args: [...file('compact-small.yaml'), '--is-upgrade'] },
    {
      name: 'the sandbox on data servers of operators',
      args: [...file('compact-small.yaml'), '--values', join(import.meta.dirname, 'kind-sandbox.yaml')],
    },
    { name: 'data servers outside', args: [...file('compact-small.yaml'), ...outside] },
    {
      name: 'data servers without operators',
      args: [...file('compact-small.yaml'), ...set('database.kind=statefulset', 'broker.kind=statefulset')],
    },
  ]
}

export function render(helm: string, args: string[]): Rendered[] {
  const text = run(helm, ['template', 'bahi', chartFolder, '--namespace', 'bahi', ...args])
  return parseAllDocuments(text).flatMap((document) => {
    if (document.errors.length > 0) throw document.errors[0]!
    const object = document.toJS() as Rendered | null
    return object ? [object, ...heldBy(object)] : []
  })
}

/** What a command makes of a ConfigMap's text is an object as well. */
function heldBy({ kind, data }: Rendered): Rendered[] {
  const text = kind === 'ConfigMap' ? data?.['cluster.json'] : undefined
  return text === undefined ? [] : [JSON.parse(text) as Rendered]
}

export function lint(helm: string, args: string[]): void {
  // Linting renders by itself and knows no upgrade.
  const known = args.filter((arg) => arg !== '--is-upgrade')
  run(helm, ['lint', '--strict', '--quiet', chartFolder, '--namespace', 'bahi', ...known])
}

function run(helm: string, args: string[]): string {
  // Paths of the README are those of the repository.
  const options = { cwd: join(chartFolder, '../..'), encoding: 'utf8', maxBuffer: 1e8 } as const
  const { status, stdout, stderr, error } = spawnSync(helm, args, options)
  if (status !== 0) throw new Error(`helm ${args[0]}: ${error?.message ?? stderr + stdout}`)
  return stdout
}
