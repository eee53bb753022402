// From `npm start` to a cluster: of the README's commands those are run that need neither containers nor a cluster;
// tools/documents.test.ts holds options, files and values of the others, and `npm run chart` renders the last one.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parse } from 'yaml'
import { quickStart } from './quick-start.ts'

const root = join(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const commands = quickStart()
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }

/** What is not run here, and why. */
const notHere: [command: RegExp, why: string][] = [
  [/^npm run image$/, 'it needs Docker, podman or buildah: the workflow of clusters builds with Docker'],
  [/^docker compose /, 'it needs Docker'],
  [/^kubectl create namespace bahi$/, 'it needs a cluster'],
  [/^helm install /, 'it needs a cluster: npm run chart renders it'],
]

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bahi-quick-start-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Runs `npm run <script> -- <args>` up to its pipe, with secrets in a folder of its own. */
function run(command: string): string {
  const [, script = '', args = ''] = /^npm run (?:--silent )?(\S+) -- ([^|]+)/.exec(command)!
  const [node, file] = scripts[script]!.split(' ')
  expect(node).toBe('node')
  const given = [file!, ...args.trim().split(' '), '--folder', folder]
  const { status, stdout, stderr } = spawnSync(process.execPath, given, { cwd: root, encoding: 'utf8' })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return stdout
}

it('is run here, but for what is named', () => {
  const left = commands.filter((command) => !notHere.some(([pattern]) => pattern.test(command)))
  expect(left).toEqual([
    'npm run secrets -- compose',
    'npm run --silent secrets -- kubernetes --trial | kubectl apply -f -',
  ])
})

it('makes every file of secrets that Compose mounts, and names services that it has', () => {
  run('npm run secrets -- compose')
  type Service = { profiles: string[]; env_file?: string[]; volumes?: string[] }
  const { services } = parse(read('compose.yaml'), { merge: true }) as { services: Record<string, Service> }
  const composed = commands.filter((command) => command.startsWith('docker compose'))
  for (const command of composed) {
    const [, profile = '', what = ''] = /^docker compose --profile (\w+) (.+)$/.exec(command)!
    const own = Object.entries(services).filter(([, { profiles }]) => profiles.includes(profile))
    expect(own.length).toBeGreaterThan(3)
    const started = /^run --rm (\S+)$/.exec(what)?.[1]
    if (started !== undefined) expect(Object.keys(services)).toContain(started)
    const asked = own.flatMap(([, { env_file = [], volumes = [] }]) => [...env_file, ...volumes])
    const secrets = asked.flatMap((path) => /^\$\{BAHI_SECRETS:-[^}]+\}\/([^:]+)/.exec(path)?.[1] ?? [])
    expect(secrets.length).toBeGreaterThan(3)
    expect(secrets.filter((path) => !existsSync(join(folder, path)))).toEqual([])
  }
  expect(composed).toHaveLength(3)
})

it('prints objects that kubectl takes', () => {
  const printed = run('npm run --silent secrets -- kubernetes --trial')
  const { kind, items } = JSON.parse(printed) as { kind: string; items: { kind: string; metadata: object }[] }
  expect(kind).toBe('List')
  expect(new Set(items.map((item) => item.kind))).toEqual(new Set(['Secret', 'ConfigMap']))
  for (const { metadata } of items) expect(metadata).toMatchObject({ namespace: 'bahi' })
})
