// Runs a program of the machine and reads what it says.
import { spawnSync } from 'node:child_process'

/** `said`: its output and its errors together, for a person. */
export type Ended = { status: number | null; stdout: string; said: string }

export function run(command: string, args: string[], cwd: string): Ended {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    shell: process.platform === 'win32',
  })
  return { status, stdout, said: [stdout, stderr, error?.message].filter(Boolean).join('\n').trim() }
}

/** The commit of a working copy, with `+` when files differ from it; undefined where there is none. */
export function commitOf(root: string): string | undefined {
  const { status, stdout } = run('git', ['rev-parse', 'HEAD'], root)
  if (status !== 0) return undefined
  const changed = run('git', ['status', '--porcelain', '--untracked-files=no'], root).stdout.trim()
  return `${stdout.trim()}${changed === '' ? '' : '+'}`
}
