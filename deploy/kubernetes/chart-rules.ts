// Rules that types do not know: what a pod of the chart may do, and that names lead to something that is there.
import type { KubernetesObject } from '../secrets/kubernetes-secrets.ts'
import type { Rendered } from './rendered.ts'

type Container = {
  name: string
  image: string
  args?: string[]
  env?: { name: string; value?: string }[]
  envFrom?: { configMapRef?: { name: string } }[]
  resources?: { requests?: Record<string, unknown>; limits?: Record<string, unknown> }
  securityContext?: {
    readOnlyRootFilesystem?: boolean
    allowPrivilegeEscalation?: boolean
    capabilities?: { drop: string[] }
  }
  startupProbe?: object
  livenessProbe?: object
  readinessProbe?: object
  lifecycle?: { preStop?: { sleep?: { seconds: number } } }
}
type Volume = {
  name: string
  configMap?: { name: string }
  secret?: { secretName: string; items?: { key: string; path: string }[] }
  projected?: { sources: { secret?: { name: string; items: { key: string; path: string }[] } }[] }
}
export type PodSpec = {
  containers: Container[]
  initContainers?: Container[]
  volumes?: Volume[]
  securityContext?: { runAsNonRoot?: boolean; runAsUser?: number; seccompProfile?: { type: string } }
  enableServiceLinks?: boolean
  automountServiceAccountToken?: boolean
  terminationGracePeriodSeconds?: number
}
type Template = { metadata: { labels: Record<string, string> }; spec: PodSpec }

const workloads = ['Deployment', 'StatefulSet', 'Job', 'CronJob']

export function templateOf({ kind, spec }: Rendered): Template {
  const job = kind === 'CronJob' ? (spec?.['jobTemplate'] as Pick<Rendered, 'spec'>).spec : spec
  return job?.['template'] as Template
}

/**
 * Faults of a rendered chart, as sentences.
 * @param given what `npm run secrets` makes for it
 * @param settings names of every setting that there is
 */
export function faultsOf(objects: Rendered[], given: KubernetesObject[], settings: string[]): string[] {
  const pods = objects.filter(({ kind }) => workloads.includes(kind))
  return [
    ...twice(objects),
    ...pods.flatMap((pod) => [...faultsOfPod(pod), ...faultsOfNames(pod, objects, given)]),
    ...pods.filter(({ kind }) => kind === 'Deployment').flatMap(faultsOfDeployment),
    ...objects.flatMap((object) => faultsOfSelector(object, pods)),
    ...objects.flatMap((object) => faultsOfSettings(object, settings)),
    ...objects.flatMap((object) => faultsOfRole(object, objects)),
  ]
}

function twice(objects: Rendered[]): string[] {
  const names = objects.map(({ apiVersion, kind, metadata }) => `${apiVersion} ${kind} ${metadata.name}`)
  return names.filter((name, at) => names.indexOf(name) !== at).map((name) => `${name} is there twice`)
}

function faultsOfPod(object: Rendered): string[] {
  const { spec } = templateOf(object)
  const all = [...spec.containers, ...(spec.initContainers ?? [])]
  const rules: [string, boolean][] = [
    [
      'runs as a user other than root',
      spec.securityContext?.runAsNonRoot === true && spec.securityContext.runAsUser! > 0,
    ],
    ['has the default seccomp profile', spec.securityContext?.seccompProfile?.type === 'RuntimeDefault'],
    ['gets no service links', spec.enableServiceLinks === false],
    ['gets no token of the API', spec.automountServiceAccountToken === false],
    [
      'has root file systems that are read-only',
      all.every(({ securityContext }) => securityContext?.readOnlyRootFilesystem),
    ],
    [
      'cannot gain privileges',
      all.every(({ securityContext }) => securityContext?.allowPrivilegeEscalation === false),
    ],
    [
      'drops all capabilities',
      all.every(({ securityContext }) => securityContext?.capabilities?.drop.includes('ALL')),
    ],
    [
      'has requests and limits',
      spec.containers.every(({ resources }) => resources?.requests && resources.limits),
    ],
  ]
  return rules.filter(([, holds]) => !holds).map(([rule]) => `${named(object)} breaks a rule: it ${rule}`)
}

/** What a rolling update without an error needs. */
function faultsOfDeployment(object: Rendered): string[] {
  const { spec } = templateOf(object)
  return spec.containers.flatMap((container) => {
    const sleep = container.lifecycle?.preStop?.sleep?.seconds ?? 0
    return [
      ...(container.startupProbe && container.livenessProbe && container.readinessProbe
        ? []
        : ['lacks a probe']),
      ...(sleep > 0 ? [] : ['does not wait before it stops']),
      ...((spec.terminationGracePeriodSeconds ?? 30) >= sleep + 30
        ? []
        : ['is killed before it can have ended']),
    ].map((fault) => `${named(object)} ${fault}`)
  })
}

/** ConfigMaps and Secrets that are mounted, with their keys. */
function faultsOfNames(object: Rendered, objects: Rendered[], given: KubernetesObject[]): string[] {
  const { spec } = templateOf(object)
  const isThere = (kind: string, name: string) =>
    [...objects, ...given].some((one) => one.kind === kind && one.metadata.name === name)
  const maps = [
    ...spec.containers.flatMap(({ envFrom = [] }) =>
      envFrom.flatMap(({ configMapRef }) => configMapRef?.name ?? []),
    ),
    ...(spec.volumes ?? []).flatMap(({ configMap }) => configMap?.name ?? []),
  ]
  const secrets = (spec.volumes ?? []).flatMap(({ secret, projected }) => [
    ...(secret ? [secret] : []),
    ...(projected?.sources ?? []).flatMap(({ secret: one }) =>
      one ? [{ secretName: one.name, items: one.items }] : [],
    ),
  ])
  /** Made by cert-manager or the operator of the database while the platform runs. */
  const isMade = (name: string) =>
    objects.some(({ kind, spec: about }) => kind === 'Certificate' && about?.['secretName'] === name) ||
    objects.some(
      ({ apiVersion, kind, metadata }) =>
        /cnpg/.test(apiVersion) &&
        kind === 'Cluster' &&
        [`${metadata.name}-ca`, `${metadata.name}-app`].includes(name),
    )
  return [
    ...maps.filter((name) => !isThere('ConfigMap', name)).map((name) => `ConfigMap ${name}`),
    ...secrets
      .filter(({ secretName }) => !isThere('Secret', secretName) && !isMade(secretName))
      .map(({ secretName }) => `Secret ${secretName}`),
    ...secrets.flatMap(({ secretName, items = [] }) => {
      const data = given.find(
        ({ kind, metadata }) => kind === 'Secret' && metadata.name === secretName,
      )?.stringData
      return data
        ? items.filter(({ key }) => !Object.hasOwn(data, key)).map(({ key }) => `${key} of ${secretName}`)
        : []
    }),
  ].map((missing) => `${named(object)} needs ${missing}, which nobody makes`)
}

/** A Service, policy or budget that selects no pod of the chart protects or serves nothing. */
function faultsOfSelector(object: Rendered, pods: Rendered[]): string[] {
  const { kind, spec } = object
  const selector =
    kind === 'Service'
      ? (spec?.['selector'] as Record<string, string> | undefined)
      : kind === 'PodDisruptionBudget'
        ? (spec?.['selector'] as { matchLabels: Record<string, string> }).matchLabels
        : kind === 'NetworkPolicy'
          ? (spec?.['podSelector'] as { matchLabels: Record<string, string> }).matchLabels
          : undefined
  if (!selector) return []
  // Pods of the operators are not in the chart: their labels are.
  if (Object.keys(selector).some((label) => label.startsWith('cnpg.io/'))) return []
  if (Object.values(selector).some((value) => value.endsWith('-mq'))) return []
  const matches = pods.some((pod) => {
    const { labels } = templateOf(pod).metadata
    return Object.entries(selector).every(([label, value]) => labels[label] === value)
  })
  return matches ? [] : [`${named(object)} selects no pod`]
}

/** A right to something by a name that nothing has is a slip. */
function faultsOfRole(object: Rendered, objects: Rendered[]): string[] {
  const names = (object.rules ?? []).flatMap(({ resourceNames = [] }) => resourceNames)
  return names
    .filter((name) => !objects.some(({ metadata }) => metadata.name === name))
    .map((name) => `${named(object)} is about ${name}, which is not there`)
}

/** A process ends with status 78 on a name that it does not know. */
function faultsOfSettings(object: Rendered, settings: string[]): string[] {
  const isKnown = (name: string) => settings.includes(name) || settings.includes(name.replace(/_FILE$/, ''))
  const given = workloads.includes(object.kind)
    ? templateOf(object).spec.containers.flatMap(({ env = [] }) => env.map(({ name }) => name))
    : object.kind === 'ConfigMap'
      ? Object.keys(object.data ?? {})
      : []
  return given
    .filter((name) => name.startsWith('BAHI_') && !isKnown(name))
    .map((name) => `${named(object)} sets ${name}, which is no setting`)
}

const named = ({ kind, metadata }: Rendered) => `${kind} ${metadata.name}`
