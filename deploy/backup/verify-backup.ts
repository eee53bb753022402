// `verify-backup`, the CronJob's command: restores the latest backup into a cluster of its own, and verifies it there.
import { readFile } from 'node:fs/promises'
import { exitWith, parseArguments } from '@bahi/platform/arguments.ts'
import { kubernetesAt, kubernetesOptions, patient } from '../kubernetes/api.ts'
import { isOccupied, type Manifest } from './temporary-cluster.ts'
import { verifyBackup } from './verify-restored.ts'

const help = `verify-backup --cluster <file> --namespace <name> …

Makes the cluster of CloudNativePG that the file describes, which begins from the latest backup; runs verify and
verify-audit on it; deletes it, whatever happens. What was found is written into a ConfigMap, of which the gateway makes
the metrics that BahiBackupUnverified asks for. Ends with 0 when the backup is whole, with 1 when it could not be
restored or has faults, with 2 when it could not begin, with 3 when another verification runs, with 143 when it was
ended before.

  --cluster <file>      the cluster to make, as JSON
  --namespace <name>
  --job <name>, --job-uid <uid>   the Job that this is of: with it the cluster is deleted
  --store <name>        the ObjectStore of the backups
  --server <name>       the folder in it
  --status <name>       the ConfigMap, whose status.json is written
  --credentials <dir>   username, password, host, port and dbname of the cluster, as CloudNativePG makes them
  --ca <file>           authority of its certificate; without one the connection is not encrypted
  --timeout-seconds <n> for all of it (default 14400)
  --every-seconds <n>   how often is looked whether it is restored (default 10)
  --connect-seconds <n> how long a server that is ready may refuse (default 300)
  --api <url>           of Kubernetes (default https://kubernetes.default.svc)
  --token <file>        (default that of the pod's service account)
  --help                this text`

const { values } = parseArguments(help, {
  cluster: { type: 'string' },
  namespace: { type: 'string' },
  job: { type: 'string' },
  'job-uid': { type: 'string' },
  store: { type: 'string' },
  server: { type: 'string' },
  status: { type: 'string' },
  credentials: { type: 'string' },
  ca: { type: 'string' },
  'timeout-seconds': { type: 'string', default: '14400' },
  'every-seconds': { type: 'string', default: '10' },
  'connect-seconds': { type: 'string', default: '300' },
  ...kubernetesOptions,
})
type Name = Exclude<keyof typeof values, 'help'>
const given = (name: Name) => values[name] ?? exitWith(`--${name} is missing\n\n${help}`)
const ms = (name: Name) => {
  const value = Number(given(name))
  return value > 0 && value <= 86_400
    ? value * 1_000
    : exitWith(`--${name} ${given(name)}: a number above 0, at most 86400`)
}

/** Of a pod that ends: the cluster is deleted first. */
const stop = new AbortController()
process.once('SIGTERM', () => stop.abort())

const everyMs = ms('every-seconds')
const deps = {
  kubernetes: patient(kubernetesAt(values), Math.min(everyMs, 2_000)),
  namespace: given('namespace'),
  job: { name: given('job'), uid: given('job-uid') },
  manifest: JSON.parse(
    await readFile(given('cluster'), 'utf8').catch((error: Error) => exitWith(error.message)),
  ) as Manifest,
  store: { name: given('store'), serverName: given('server') },
  statusMap: given('status'),
  credentials: given('credentials'),
  ...(values.ca ? { ca: values.ca } : {}),
  timeoutMs: ms('timeout-seconds'),
  connectMs: ms('connect-seconds'),
  everyMs,
  stopped: stop.signal,
  log: (line: string) => console.log(`${new Date().toISOString()} ${line}`),
}

try {
  process.exitCode = (await verifyBackup(deps)) ? 0 : 1
} catch (error) {
  if (stop.signal.aborted) exitWith('ended before it was verified', 143)
  exitWith((error as Error).message, isOccupied(error) ? 3 : 1)
}
