// Every command of package.json: its help goes to a pipe that nobody reads, and it ends quietly all the same.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { fileOf, scripts } from './document-commands.ts'
import { printStartMessage } from './start-message.ts'
import { root } from './tidy-files.ts'

const files = Object.keys(scripts).flatMap((script) => fileOf(script) ?? [])

describe('a command whose output nobody reads', () => {
  it.each(files)('%s imports what drops it', (file) => {
    const text = readFileSync(join(root, file), 'utf8')
    expect(text).toContain("'@bahi/platform/arguments.ts'")
  })

  it.each(['tools/migrate.ts', 'tools/dlq.ts', 'tools/demo.ts', 'tools/uuid.ts', 'tools/verify.ts'])(
    '%s ends with its own status and no word of it',
    async (file) => {
      const child = spawn(process.execPath, [file, '--help'], {
        cwd: root,
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      // As `head` does before it has read anything.
      child.stdout.destroy()
      let said = ''
      child.stderr.on('data', (chunk: Buffer) => (said += String(chunk)))
      const status = await new Promise((resolve) => child.once('exit', resolve))
      expect([status, said]).toEqual([0, ''])
    },
  )
})

it.each([
  ['http://127.0.0.1:8080', 'npm run demo\n'],
  ['http://127.0.0.1:9000', 'npm run demo -- --url http://127.0.0.1:9000\n'],
])('a start at %s names the demo that reaches it', (url, command) => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {})
  printStartMessage({ url, seconds: 1, folder: '/data', how: 'one process', database: 'psql', web: true })
  expect(log.mock.calls.join()).toContain(`a payment, shown    ${command}`)
  log.mockRestore()
})

it.each(['x', '0', '-5', '1.5', ''])('plans judges nothing as if tables had %j rows', async (rows) => {
  const args = ['tools/plans.ts', `--rows=${rows}`, 'no-such-test']
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'ignore' })
  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(2)
})

it.each(['x', '0', '200001', ''])('revoked-numbers sends no parts of %j rows', async (rows) => {
  const args = [
    'tools/revoked-numbers.ts',
    'send',
    'no-such-file',
    '--listed-on=2026-01-01',
    `--rows=${rows}`,
  ]
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'ignore' })
  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(2)
})

it('a verification that fails is noted for the alert', async () => {
  const repository = await mkdtemp(join(tmpdir(), 'bahi-verify-'))
  const args = ['tools/backup.ts', '--verify', `--repository=${repository}`, `--data=${repository}`]
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'ignore' })
  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(1)
  const metrics = await readFile(join(repository, 'bahi_backup.prom'), 'utf8')
  expect(metrics).toMatch(/^bahi_backup_verification_failed_timestamp_seconds \d+/m)
  await rm(repository, { recursive: true })
})

it('a verification by another tool is noted with the time of its restore', async () => {
  const repository = await mkdtemp(join(tmpdir(), 'bahi-verify-'))
  const note = (what: string) => {
    const args = ['tools/backup.ts', `--repository=${repository}`, `--note=${what}`, '--restore-seconds=90']
    return new Promise((resolve) => {
      spawn(process.execPath, args, { cwd: root, stdio: 'ignore' }).once('exit', resolve)
    })
  }
  expect(await note('failed')).toBe(2)
  expect(await note('verified')).toBe(0)
  const metrics = await readFile(join(repository, 'bahi_backup.prom'), 'utf8')
  expect(metrics).toMatch(/^bahi_backup_last_verified_timestamp_seconds \d+/m)
  expect(metrics).toMatch(/^bahi_backup_restore_seconds 90$/m)
  await rm(repository, { recursive: true })
})

it('migrate asks for no password of the sandbox, unless its schema is wanted', async () => {
  const run = (...args: string[]) =>
    new Promise<{ status: number | null; said: string }>((resolve) => {
      const env = { PATH: process.env['PATH'], DATABASE_ADMIN_URL: 'postgres://nobody@127.0.0.1:1/none' }
      const child = spawn(process.execPath, ['tools/migrate.ts', ...args], { cwd: root, env })
      let said = ''
      child.stderr.on('data', (chunk: Buffer) => (said += String(chunk)))
      child.once('exit', (status) => resolve({ status, said }))
    })
  const without = await run()
  expect(without.status).toBe(78)
  expect(without.said).toContain('BAHI_PAYMENT_PASSWORD is missing')
  expect(without.said).not.toContain('SANDBOX')
  expect((await run('--sandbox')).said).toContain('BAHI_SANDBOX_PASSWORD is missing')
})
