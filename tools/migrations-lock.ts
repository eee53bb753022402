// The list of frozen migrations: a line for each, with the hash of its text. They never change again.
import { createHash } from 'node:crypto'
import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

export const lockFile = join(root, 'migrations.lock')

/** What the lock would say of the migrations as they are now. */
export async function frozenMigrations(): Promise<string> {
  const paths = await Array.fromAsync(
    glob('{packages/kit,services/*,sandbox}/migrations/*.sql', { cwd: root }),
  )
  const lines = await Promise.all(
    paths.sort().map(async (path) => {
      const text = await readFile(join(root, path))
      return `${createHash('sha256').update(text).digest('hex')}  ${path}\n`
    }),
  )
  return lines.join('')
}

/** Every way in which the migrations differ from what is frozen; new files are none. */
export async function changedMigrations(): Promise<string[]> {
  const frozen = await readFile(lockFile, 'utf8').catch(() => '')
  const present = new Set((await frozenMigrations()).split('\n'))
  return frozen
    .split('\n')
    .filter((line) => line !== '' && !present.has(line))
    .map((line) => `${line.slice(66)} is frozen: write a new migration instead`)
}
