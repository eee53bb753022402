// The two bases of the image, made from Debian's packages where no registry of images can be reached.
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const suite = 'trixie'
const names = { node: 'localhost/bahi-build-base', base: 'localhost/bahi-run-base' }
/** What glibc, libstdc++ and TLS of what runs need, and nothing else: no shell, no package manager. */
const packages = ['base-files', 'libc6', 'libgcc-s1', 'libstdc++6', 'netbase', 'tzdata', 'ca-certificates']

/** Their names. Made once: `buildah rmi` of both makes the next build make them anew. */
export function makeBases(): typeof names {
  const isThere = (name: string) => spawnSync('buildah', ['inspect', '--type', 'image', name]).status === 0
  if (Object.values(names).every(isThere)) return names
  const scratch = mkdtempSync(join(tmpdir(), 'bahi-bases-'))
  try {
    const system = join(scratch, 'system')
    const mirror = process.env['DEBIAN_MIRROR']
    run('debootstrap', [
      ...['--variant=minbase', `--include=${packages.join(',')}`, suite, system],
      ...(mirror ? [mirror] : []),
    ])
    makeRunBase(system, join(scratch, 'run'))
    makeBuildBase(system)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
  return names
}

function makeRunBase(system: string, folder: string): void {
  const listed = run('chroot', [system, 'dpkg', '--listfiles', ...packages], true).split('\n')
  const isWanted = (path: string) =>
    path.startsWith('/') && !/^\/(usr\/share\/(doc|man|locale|lintian|bug)|etc\/update-motd)/.test(path)
  const paths = [...new Set(listed.filter(isWanted))].map((path) => `.${path}`)
  const extra = ['./bin', './lib', './lib64', './sbin', './tmp', './etc/ssl/certs/ca-certificates.crt']
  const list = join(system, 'wanted')
  const present = [...paths, ...extra].filter((path) => existsSync(join(system, path)))
  writeFileSync(list, present.join('\n'))
  mkdirSync(folder)
  const archive = join(system, 'wanted.tar')
  run('tar', ['-C', system, '--no-recursion', '--files-from', list, '-cf', archive])
  run('tar', ['-C', folder, '-xf', archive])
  writeFileSync(
    join(folder, 'etc/passwd'),
    'root:x:0:0:root:/:/nologin\nbahi:x:10001:10001:bahi:/app:/nologin\n',
  )
  writeFileSync(join(folder, 'etc/group'), 'root:x:0:\nbahi:x:10001:\n')
  rmSync(list)
  rmSync(archive)
  commit(names.base, [[folder, '/']])
}

/** The whole system, with the Node that runs this and its npm. */
function makeBuildBase(system: string): void {
  const npm = join(npmProgram(), '../../..')
  rmSync(join(system, 'var/cache/apt'), { recursive: true, force: true })
  const { version } = JSON.parse(readFileSync(join(npm, 'npm/package.json'), 'utf8')) as { version: string }
  console.log(`Node ${process.version} and npm ${version} of this machine build the image`)
  const folder = join(system, 'usr/local')
  mkdirSync(join(folder, 'lib/node_modules'), { recursive: true })
  run('cp', ['-aL', process.execPath, join(folder, 'bin/node')])
  run('cp', ['-a', join(npm, 'npm'), join(folder, 'lib/node_modules/npm')])
  run('ln', ['-s', '../lib/node_modules/npm/bin/npm-cli.js', join(folder, 'bin/npm')])
  run('ln', ['-s', '../lib/node_modules/npm/bin/npx-cli.js', join(folder, 'bin/npx')])
  commit(names.node, [[system, '/']])
}

/** The file behind the `npm` that runs this, or the first one of the path. */
function npmProgram(): string {
  const onPath = (process.env['PATH'] ?? '').split(':').map((folder) => join(folder, 'npm'))
  const found = [process.env['npm_execpath'], ...onPath].find(
    (path) => path !== undefined && existsSync(path),
  )
  if (found === undefined) throw new Error('npm is not installed')
  return realpathSync(found)
}

function commit(name: string, copies: [from: string, to: string][]): void {
  const container = run('buildah', ['from', 'scratch'], true).trim()
  for (const [from, to] of copies) run('buildah', ['copy', '--quiet', container, from, to])
  run('buildah', ['commit', '--quiet', '--rm', container, name])
}

/** What it printed, when `quiet`; otherwise that goes where ours goes. */
function run(command: string, args: string[], quiet = false): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', quiet ? 'pipe' : 'ignore', 'pipe'],
  })
  if (status !== 0) throw new Error(`${command} ${args[0]}: ${error?.message ?? stderr}`)
  return stdout ?? ''
}
