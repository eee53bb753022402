// What npm started ends when npm is told to, with all steps of its shutdown.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const module = join(import.meta.dirname, 'shutdown.ts')

const signals = process.platform === 'linux' ? (['SIGTERM', 'SIGHUP'] as const) : (['SIGTERM'] as const)

it.each(signals)('npm start ends by %s to npm alone', async (signal) => {
  const folder = await mkdtemp(join(tmpdir(), 'bahi-npm-'))
  await writeFile(
    join(folder, 'start.ts'),
    `import { writeFileSync } from 'node:fs'
     import { createShutdown } from ${JSON.stringify(module)}
     const ends = createShutdown()
     ends.onExit(async () => writeFileSync('stopped', ''))
     setInterval(() => {}, 1_000)
     console.log('up', process.pid)`,
  )
  const scripts = { start: `"${process.execPath}" start.ts` }
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'x', version: '1.0.0', scripts }))
  // In a group of its own: no signal reaches the script but through npm.
  const npm = spawn('npm', ['start'], { cwd: folder, detached: true, stdio: ['ignore', 'pipe', 'ignore'] })
  let said = ''
  npm.stdout.on('data', (chunk: Buffer) => (said += String(chunk)))
  await expect.poll(() => said).toMatch(/up \d+/)
  npm.kill(signal)
  const pid = Number(/up (\d+)/.exec(said)![1])
  await expect.poll(() => isRunning(pid)).toBe(false)
  expect(existsSync(join(folder, 'stopped'))).toBe(true)
  await rm(folder, { recursive: true })
})

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
