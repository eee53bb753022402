// The daily verification with pgBackRest: what it notes, and that server and data are gone whatever happens. Stand-ins
// of pgBackRest, PostgreSQL and npm write down how they were called.
import { spawnSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bahi-pgbackrest-'))
  await mkdir(join(folder, 'work'))
  await command('pgbackrest', '')
  // A server runs while its file is there.
  await command(
    'pg_ctl',
    `case "$*" in *stop) rm "$2/postmaster.pid";; *start) touch "$2/postmaster.pid"; echo started; esac`,
  )
  await command('psql', 'echo 2026-11-27T16:30:00.000001Z')
  await command('npm', '')
})
afterEach(() => rm(folder, { recursive: true }))

/** A command that writes its name and arguments into a file, and then does what the script says. */
async function command(name: string, script: string): Promise<void> {
  const file = join(folder, name)
  await writeFile(file, `#!/bin/sh\necho "${name} $*" >>"${folder}/calls"\n${script}\n`)
  await chmod(file, 0o755)
}

async function verify() {
  const { status, stderr } = spawnSync(join(import.meta.dirname, 'verify-pgbackrest.sh'), {
    env: {
      PATH: `${folder}:/usr/bin:/bin`,
      ...{ BAHI: '/srv/bahi', METRICS: '/metrics', WORK: join(folder, 'work'), TIMEOUT: '0' },
    },
    encoding: 'utf8',
  })
  const calls = (await readFile(join(folder, 'calls'), 'utf8')).trim().split('\n')
  const noted = calls.filter((call) => call.includes('--note')).map((call) => /--note (.*)/.exec(call)?.[1])
  expect(await readdir(join(folder, 'work'))).toEqual([])
  return { status, stderr, calls, noted }
}

it('restores without archiving, verifies as of the last commit, and notes it', async () => {
  const { status, stderr, calls, noted } = await verify()
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(noted).toEqual([expect.stringMatching(/^verified --restore-seconds \d+$/)])
  expect(calls.map((call) => call.split(' ')[0])).toEqual([
    ...['pgbackrest', 'pg_ctl', 'psql', 'npm', 'npm', 'pg_ctl', 'npm'],
  ])
  expect(calls[0]).toContain('--archive-mode=off')
  expect(calls[1]).toMatch(/-c archive_mode=off .* start$/)
  const npm = 'npm --prefix /srv/bahi run --silent'
  expect(calls.slice(3, 5)).toEqual([
    `${npm} verify -- --database postgres:///bahi --as-of 2026-11-27T16:30:00.000001Z`,
    `${npm} verify:audit -- --database postgres:///bahi --until 2026-11-27T16:30:00.000001Z`,
  ])
  expect(calls.at(-1)).toContain(`${npm} backup -- --repository /metrics --note verified`)
})

it.each([
  ['the restore fails', 'pgbackrest', 'echo no backup set found; exit 1', 'no backup set found'],
  ['the server does not start', 'pg_ctl', 'exit 1', 'not verified'],
  ['the log is not replayed in time', 'psql', 'echo starting up >&2; exit 2', 'starting up'],
  ['the books have faults', 'npm', 'case "$*" in *" verify "*) echo FAULTS; exit 1; esac', 'FAULTS'],
  ['the audit chain is not whole', 'npm', 'case "$*" in *audit*) echo NOT whole; exit 1; esac', 'NOT whole'],
])('notes that it failed, and why, when %s', async (_, name, script, why) => {
  await command(name, script)
  const { status, stderr, noted } = await verify()
  expect(status).toBe(1)
  expect(stderr).toContain(why)
  expect(noted).toEqual(['failed'])
})

it('fails when the outcome cannot be noted', async () => {
  await command('npm', 'case "$*" in *--note*) exit 1; esac')
  expect((await verify()).status).toBe(1)
})
