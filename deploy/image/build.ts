// `npm run image`: builds the image of the services, and that of the sandbox, and looks at what was built.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { exitWith, parseArguments } from '@bahi/platform/arguments.ts'
import { makeBases } from './debian-bases.ts'
import { faultsOf, inspectImage } from './inspect.ts'

const help = `npm run image [-- options]

Builds localhost/bahi (any service, migrations, commands of operators) and localhost/bahi-sandbox (the same with the
sandbox) from deploy/image/Containerfile, and fails when what was built is not what an image for production may be.

  --tool <name>     buildah, podman or docker (default: the first that is installed)
  --tag <tag>       of both images (default dev)
  --target <name>   product or sandbox alone
  --debian          the bases are made here from Debian's packages by debootstrap, as root: for a machine that reaches
                    no registry of images
  --ca <file>       authorities that npm trusts while it builds: of a company's proxy
  --check           builds nothing, looks at what is there
  --help            this text`

const { values } = parseArguments(help, {
  tool: { type: 'string' },
  tag: { type: 'string', default: 'dev' },
  target: { type: 'string' },
  debian: { type: 'boolean' },
  ca: { type: 'string' },
  check: { type: 'boolean' },
})

const root = join(import.meta.dirname, '../..')
const tool = values.tool ?? ['buildah', 'podman', 'docker'].find(isInstalled)
if (!tool) exitWith('neither buildah nor podman nor docker is installed')
const targets = values.target ? [values.target] : ['sandbox', 'product']
const nameOf = (target: string) => `localhost/${target === 'product' ? 'bahi' : 'bahi-sandbox'}:${values.tag}`

if (!values.check) {
  const bases = values.debian ? makeBases() : undefined
  for (const target of targets) build(target, bases)
}
let isFaulty = false
for (const target of targets) {
  const image = inspectImage(tool, nameOf(target))
  console.log(`${nameOf(target)}  ${(image.bytes / 1e6).toFixed(0)} MB, ${image.files.length} files`)
  for (const fault of faultsOf(image, target === 'product')) {
    isFaulty = true
    console.error(`  ${fault}`)
  }
}
process.exitCode = isFaulty ? 1 : 0

function build(target: string, bases: { node: string; base: string } | undefined): void {
  const began = performance.now()
  const { version } = JSON.parse(read('node', ['-p', 'JSON.stringify(require("./package.json"))'])) as {
    version: string
  }
  const revision = read('git', ['rev-parse', 'HEAD'])
  const created = read('git', ['log', '-1', '--format=%cI'])
  const arguments_ = { VERSION: version, REVISION: revision, CREATED: created }
  const given = bases ? { ...arguments_, NODE: bases.node, BASE: bases.base } : arguments_
  const ca = values.ca ? ['--secret', `id=ca,src=${values.ca}`] : []
  const common = [
    ...['--file', 'deploy/image/Containerfile', '--target', target, '--tag', nameOf(target)],
    ...Object.entries(given).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
    ...ca,
  ]
  const how = {
    buildah: [
      'bud',
      '--layers',
      '--format',
      'docker',
      '--isolation',
      'chroot',
      '--network',
      'host',
      ...common,
    ],
    podman: ['build', '--format', 'docker', ...common],
    docker: ['build', ...common],
  }[tool as 'docker']
  if (!how) exitWith(`--tool ${tool}: buildah, podman or docker`)
  const { status } = spawnSync(tool!, [...how, '.'], { cwd: root, stdio: 'inherit' })
  if (status !== 0) exitWith(`${nameOf(target)} was not built`, 1)
  console.log(`${nameOf(target)} was built in ${((performance.now() - began) / 1000).toFixed(0)} s`)
}

function read(command: string, args: string[]): string {
  const { status, stdout } = spawnSync(command, args, { cwd: root, encoding: 'utf8' })
  return status === 0 ? stdout.trim() : 'unknown'
}

function isInstalled(name: string): boolean {
  return (process.env['PATH'] ?? '')
    .split(':')
    .some((folder) => existsSync(join(folder || dirname('.'), name)))
}
