// Holds each rendered object to the types of Kubernetes: the compiler finds names that no object has, in any depth.
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { programsFolder } from './programs.ts'
import type { Rendered } from './rendered.ts'

const root = join(import.meta.dirname, '../..')
const own = ['postgresql.cnpg.io', 'barmancloud.cnpg.io', 'rabbitmq.com']
/** Groups whose types are not in the package of Kubernetes' own. */
const packageOf: Record<string, string> = {
  'cert-manager.io': '@kubernetes-models/cert-manager/cert-manager.io',
  'external-secrets.io': '@kubernetes-models/external-secrets/external-secrets.io',
  'gateway.networking.k8s.io': '@kubernetes-models/gateway-api/gateway.networking.k8s.io',
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator/monitoring.coreos.com',
}

function moduleOf(apiVersion: string): string {
  const [group = '', version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion]
  if (own.includes(group)) return './custom-resources.ts'
  const base = Object.hasOwn(packageOf, group) ? packageOf[group]! : ['kubernetes-models', group].join('/')
  return group === '' ? `kubernetes-models/${version}` : `${base}/${version}`
}

/** What the compiler says, each line with the object that it is about; none: every name and type is known. */
export function faultsOfTypes(variants: { name: string; objects: Rendered[] }[]): string[] {
  const folder = join(programsFolder, 'rendered')
  mkdirSync(folder, { recursive: true })
  const files = variants.map(({ objects }, nth) => {
    const modules = [...new Set(objects.map(({ apiVersion }) => moduleOf(apiVersion)))]
    const kindsOf = (module: string) => [
      ...new Set(objects.filter((object) => moduleOf(object.apiVersion) === module).map(({ kind }) => kind)),
    ]
    const aliasOf = (module: string, kind: string) => `${kind}Of${modules.indexOf(module)}`
    const imports = modules.map((module) => {
      const from = module.startsWith('./')
        ? relative(folder, join(import.meta.dirname, 'custom-resources.ts'))
        : module
      return `import type { ${kindsOf(module)
        .map((kind) => `I${kind} as ${aliasOf(module, kind)}`)
        .join(', ')} } from '${from}'`
    })
    const values = objects.map((object) => {
      const type = aliasOf(moduleOf(object.apiVersion), object.kind)
      return `export const _${objects.indexOf(object)} = ${JSON.stringify(object)} satisfies ${type}`
    })
    const file = join(folder, `variant-${nth}.ts`)
    writeFileSync(file, [...imports, ...values, ''].join('\n'))
    return file
  })
  const compilerOptions = {
    ...{ noEmit: true, strict: true, skipLibCheck: true, allowImportingTsExtensions: true, types: [] },
    ...{ target: 'esnext', module: 'nodenext', moduleResolution: 'nodenext' },
  }
  const project = join(folder, 'tsconfig.json')
  writeFileSync(project, JSON.stringify({ compilerOptions, files }))
  const { status, stdout, error } = spawnSync(
    process.execPath,
    [join(root, 'node_modules/typescript/bin/tsc'), '--project', project],
    { cwd: folder, encoding: 'utf8', maxBuffer: 1e8 },
  )
  if (error) throw error
  return status === 0
    ? []
    : stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => withObject(line, variants))
}

/** `compact-small.yaml, Deployment bahi-rest: error …` for the place in a file that was written here. */
function withObject(line: string, variants: { name: string; objects: Rendered[] }[]): string {
  const [, nth, row] = /variant-(\d+)\.ts\((\d+),/.exec(line) ?? []
  const variant = nth === undefined ? undefined : variants[Number(nth)]
  if (!variant) return line
  const modules = new Set(variant.objects.map(({ apiVersion }) => moduleOf(apiVersion))).size
  const object = variant.objects[Number(row) - 1 - modules]
  const what = object ? `${object.kind} ${object.metadata.name}` : 'its imports'
  return `${variant.name}, ${what}: ${line.slice(line.indexOf('error'), 400)}`
}
