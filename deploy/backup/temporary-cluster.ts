// The server of CloudNativePG that a backup is restored into: there for the time of its verification, under one name.
import { setTimeout as delay } from 'node:timers/promises'
import type { Kubernetes } from '../kubernetes/api.ts'

/** What the chart renders of it. */
export type Manifest = {
  apiVersion: string
  kind: string
  metadata: { name: string; namespace?: string; labels?: Record<string, string> }
  spec: object
}
/** The Job that this runs in: who deletes it deletes the cluster. */
export type Job = { name: string; uid: string }

export type ClusterDeps = {
  kubernetes: Kubernetes
  namespace: string
  job: Job
  everyMs: number
  log(line: string): void
}

type Found = {
  metadata: { labels?: Record<string, string>; annotations?: Record<string, string> }
  status?: { phase?: string; phaseReason?: string; readyInstances?: number }
}

/** Another verification has its cluster, and this one must not take it away. */
const occupied = (why: string) => new Error(why, { cause: occupied })
export const isOccupied = (error: unknown): error is Error =>
  error instanceof Error && error.cause === occupied

const jobLabel = 'bahi/verified-by'
const untilAnnotation = 'bahi/until'

const listPath = ({ namespace }: ClusterDeps) =>
  `/apis/postgresql.cnpg.io/v1/namespaces/${namespace}/clusters`
const pathOf = (deps: ClusterDeps, name: string) => `${listPath(deps)}/${name}`

/** Undefined when there is none. */
async function find(deps: ClusterDeps, name: string, signal: AbortSignal): Promise<Found | undefined> {
  signal.throwIfAborted()
  const answer = await deps.kubernetes('GET', pathOf(deps, name))
  if (answer.status === 404) return undefined
  if (!answer.isGood) throw new Error(`Kubernetes answers ${answer.status} to a look at cluster ${name}`)
  return answer.json<Found>()
}

/** What a verification left that was killed; one that may still run is left alone. */
export async function removeLeftover(deps: ClusterDeps, name: string, signal: AbortSignal): Promise<void> {
  const found = await find(deps, name, signal)
  if (!found) return
  const owner = found.metadata.labels?.[jobLabel]
  const until = Date.parse(found.metadata.annotations?.[untilAnnotation] ?? '')
  if (owner !== deps.job.name && until > Date.now())
    throw occupied(
      `cluster ${name} is of the job ${owner}, until ${new Date(until).toISOString()}: ` +
        'wait, or delete it if no pod of that job runs',
    )
  deps.log(`cluster ${name} was left by ${owner ?? 'somebody'}: removed first`)
  await removeCluster(deps, name)
  while (await find(deps, name, signal)) await delay(deps.everyMs, undefined, { signal })
}

export async function createCluster(deps: ClusterDeps, manifest: Manifest, until: Date): Promise<void> {
  const { name, labels } = manifest.metadata
  const answer = await deps.kubernetes('POST', listPath(deps), {
    ...manifest,
    metadata: {
      name,
      namespace: deps.namespace,
      labels: { ...labels, [jobLabel]: deps.job.name },
      annotations: { [untilAnnotation]: until.toISOString() },
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', ...deps.job }],
    },
  })
  // Somebody began in this very moment.
  if (answer.status === 409) throw occupied(`cluster ${name} is there already`)
  if (!answer.isGood) throw new Error(`Kubernetes answers ${answer.status} to a new cluster ${name}`)
}

/** Until its server is there. What the operator says of it is logged; an API that is away is waited for. */
export async function untilReady(deps: ClusterDeps, name: string, signal: AbortSignal): Promise<void> {
  let said = ''
  for (;;) {
    const seen = await find(deps, name, signal).catch((error: Error) => {
      signal.throwIfAborted()
      return error
    })
    if (seen === undefined) throw new Error(`cluster ${name} was deleted by somebody`)
    if (!(seen instanceof Error) && (seen.status?.readyInstances ?? 0) > 0) return
    const { phase = 'no phase yet', phaseReason = '' } = seen instanceof Error ? {} : (seen.status ?? {})
    const line = seen instanceof Error ? seen.message : [phase, phaseReason].filter(Boolean).join(': ')
    if (line !== said) deps.log(line)
    said = line
    await delay(deps.everyMs, undefined, { signal })
  }
}

/** With what belongs to it. */
export async function removeCluster(deps: ClusterDeps, name: string): Promise<void> {
  const answer = await deps.kubernetes('DELETE', pathOf(deps, name), { propagationPolicy: 'Foreground' })
  if (!answer.isGood && answer.status !== 404)
    throw new Error(`cluster ${name} was not deleted: Kubernetes answers ${answer.status}`)
}
