// `npm run secrets`: makes the keys and passwords of a deployment once, and writes them for Compose or
// Kubernetes.
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { exitWith, parseArguments } from '@bahi/platform/arguments.ts'
import { distributedLayouts, isDistributedLayout } from '@bahi/platform/layouts.ts'
import { nextNetworkKey, rotatedKeys, rotateKeys, type RotationStep } from '@bahi/platform/rotate-keys.ts'
import { secretsIn, type Secrets } from '@bahi/platform/secrets.ts'
import { kubernetesObjects } from './kubernetes-secrets.ts'
import {
  makeServerSecrets,
  migrationSecrets,
  processesOf,
  publicSettings,
  sandboxSettings,
  secretsOf,
  type Addresses,
  type ServerSecrets,
} from './process-secrets.ts'
import { brokerAccounts, cacheAccounts } from './server-accounts.ts'

const help = `npm run secrets -- compose | kubernetes [options]

Makes the keys and passwords of a deployment in a folder, once, and writes them for each process: those of its own
services, and no others. For production put what \`kubernetes\` prints into the store that External Secrets reads, and
have the keys of PINs, of codes and of the audit chain made where they never leave (docs/operate/kubernetes.md).

  compose            a folder of files for each process beside them, as compose.yaml mounts them
  kubernetes         prints a List of Secrets and ConfigMaps, for kubectl apply --filename -

  --rotate <keys>    replaces services (of calls between them), pins (in transit) or network (what we sign), without a
                     refusal: --step 1 makes the new keys known, 2 uses them, 3 takes the old ones away. After each
                     apply what is written, and restart the processes one after the other (docs/operate/keys.md)
  --step <n>         a step that was done already changes nothing
  --folder <folder>  where they are kept (default .bahi/deploy)
  --layout <name>    compact or separate, for kubernetes (default compact)
  --name <name>      \`name\` of the chart's values (default bahi)
  --namespace <n>    (default bahi)
  --trial            as values/trial.yaml has the data servers: without certificates, one of each
  --help             this text`

const { values, positionals } = parseArguments(
  help,
  {
    rotate: { type: 'string' },
    step: { type: 'string' },
    folder: { type: 'string', default: '.bahi/deploy' },
    layout: { type: 'string', default: 'compact' },
    name: { type: 'string', default: 'bahi' },
    namespace: { type: 'string', default: 'bahi' },
    trial: { type: 'boolean' },
  },
  { allowPositionals: true },
)
const [what] = positionals
if (what !== 'compose' && what !== 'kubernetes') exitWith(help)
const { layout } = values
if (!isDistributedLayout(layout)) exitWith(`--layout ${layout}: ${distributedLayouts.join(' or ')}`)

const folder = resolve(values.folder)
const secrets = await rotatedSecrets()
const servers = await serversIn(folder)
if (what === 'compose') await writeCompose()
else {
  const { name, namespace, trial = false } = values
  const options = { name, namespace, clusterDomain: 'cluster.local', tls: !trial }
  const items = kubernetesObjects(processesOf(layout), secrets, servers, options)
  console.log(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, undefined, 2))
}

/** After the step of a rotation that was asked for. */
async function rotatedSecrets(): Promise<Secrets> {
  const { rotate, step } = values
  if (rotate === undefined && step === undefined) return secretsIn(folder)
  const key = rotatedKeys.find((one) => one === rotate)
  if (!key) exitWith(`--rotate ${rotate ?? ''}: ${rotatedKeys.join(', ')}`)
  if (step !== '1' && step !== '2' && step !== '3') exitWith(`--step ${step ?? ''}: 1, 2 or 3`)
  const changed = await rotateKeys(folder, key, Number(step) as RotationStep).catch((error: Error) =>
    exitWith(error.message),
  )
  const next = key === 'network' ? nextNetworkKey(changed) : undefined
  if (next !== undefined) console.error(`for the network: ${next}`)
  return changed
}

async function serversIn(data: string): Promise<ServerSecrets> {
  const file = join(data, 'servers.json')
  const found = await readFile(file, 'utf8').catch(() => undefined)
  const all = makeServerSecrets(found === undefined ? {} : (JSON.parse(found) as Partial<ServerSecrets>))
  await writeFile(file, JSON.stringify(all, undefined, 2), { mode: 0o600 })
  return all
}

/** Files that the containers' user may read, in a folder that only its owner can enter. */
async function writeCompose(): Promise<void> {
  // Also one that was there before.
  await chmod(folder, 0o700)
  const addresses: Addresses = {
    database: (user, password) => `postgres://${user}:${password}@postgres:5432/bahi`,
    ownersDatabase: (user, password) => `postgres://${user}:${password}@postgres:5432/bahi`,
    broker: (user, password) => `amqp://${user}:${password}@rabbitmq:5672`,
    cache: (user, password) => `redis://${user}:${password}@redis:6379`,
  }
  const all = distributedLayouts.flatMap(processesOf)
  for (const process of all) {
    const values_ = secretsOf(process, secrets, servers, addresses)
    await write(process.name, values_)
    const more = process.name === 'sandbox' ? sandboxSettings(secrets) : {}
    await environment(process.name, values_, { ...publicSettings(secrets), ...more })
  }
  const migration = migrationSecrets(secrets, servers, addresses)
  await write('migrate', migration)
  await environment('migrate', migration, {})
  await write('servers', {
    'postgres-password': servers.superuser,
    'postgres-owner-password': servers.database,
    'definitions.json': brokerAccounts(all, servers),
    'users.acl': cacheAccounts(all, servers),
    'grafana-password': servers.grafana,
  })
  console.log(`secrets of ${all.length} processes and of the servers are in ${folder}`)
}

async function write(name: string, files: Record<string, string>): Promise<void> {
  const own = join(folder, name)
  await rm(own, { recursive: true, force: true })
  await mkdir(own, { recursive: true, mode: 0o755 })
  for (const [file, text] of Object.entries(files)) await writeFile(join(own, file), text, { mode: 0o644 })
}

/** Where each secret is, and what is none. */
async function environment(
  name: string,
  files: Record<string, string>,
  others: Record<string, string>,
): Promise<void> {
  const lines = [
    ...Object.keys(files).map((file) => `${file}_FILE=/run/secrets/${file}`),
    ...Object.entries(others).map(([setting, value]) => `${setting}=${value}`),
  ]
  await writeFile(join(folder, `${name}.env`), `${lines.join('\n')}\n`, { mode: 0o644 })
}
