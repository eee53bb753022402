// The code of an earlier version, in a folder of its own with the packages that it was made with.
import { execFile } from 'node:child_process'
import { access, mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import type * as Distributed from '@bahi/platform/distributed.ts'
import type * as SecretsOf from '@bahi/platform/secrets.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../../..')

export type OldVersion = {
  revision: string
  distributed: Pick<typeof Distributed, 'preparePlatform'>
  secrets: Pick<typeof SecretsOf, 'secretsIn'>
}

async function git(...args: string[]): Promise<string> {
  return (await run('git', args, { cwd: root, maxBuffer: 64 * 1024 * 1024 })).stdout.trim()
}

/** The newest release; before the first one, the commit before the newest migration. */
export async function versionBefore(): Promise<string> {
  const released = await git('tag', '--list', 'v*', '--sort=-v:refname', '--merged', 'HEAD~1')
  if (released !== '') return released.split('\n')[0]!
  const args = ['log', '-1', '--diff-filter=A', '--format=%H', '--', '*/migrations/*.sql']
  return `${await git(...args)}~1`
}

/** Throws when there is no such revision. */
export async function openVersion(revision: string, folder: string): Promise<OldVersion> {
  const commit = await git('rev-parse', '--verify', `${revision}^{commit}`)
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const archive = join(folder, 'tree.tar')
  await git('archive', '--output', archive, commit)
  await run('tar', ['-xf', archive, '-C', folder])
  await rm(archive)
  const lock = (of: string) => readFile(join(of, 'package-lock.json'), 'utf8')
  if ((await lock(root)) === (await lock(folder))) await linkPackages(folder)
  else await run('npm', ['ci', '--no-audit', '--no-fund', '--prefer-offline'], { cwd: folder })
  const load = (file: string) => import(pathToFileURL(join(folder, 'packages/platform/src', file)).href)
  return {
    revision: commit,
    distributed: (await load('distributed.ts')) as OldVersion['distributed'],
    secrets: (await load('secrets.ts')) as OldVersion['secrets'],
  }
}

/** The same packages need no second copy: hard links, in which the workspaces are links to this tree's own. */
async function linkPackages(folder: string): Promise<void> {
  const { stdout } = await run(
    'find',
    ['.', '-path', './.bahi', '-prune', '-o', '-name', 'node_modules', '-prune', '-print'],
    { cwd: root },
  )
  for (const path of stdout.trim().split('\n')) {
    const to = join(folder, path)
    const isWanted = await access(join(to, '..')).then(
      () => true,
      () => false,
    )
    if (isWanted) await run('cp', ['-al', join(root, path), to])
  }
}
