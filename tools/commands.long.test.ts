// Every command that documents for operators name is run: it starts, and its help has each option that they give it.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { codeIn, npmCommands } from './document-commands.ts'
import { files, root } from './tidy-files.ts'

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>
}
const given = files
  .filter(({ path }) => /^(README|docs\/(runbook|operate\/[\w-]+))\.md$/.test(path))
  .flatMap(({ text }) => codeIn(text).flatMap(npmCommands))
const named = [...Map.groupBy(given, ({ script }) => script)].flatMap(([script, all]) => {
  const file = /^node (\S+\.ts)$/.exec(scripts[script] ?? '')?.[1]
  return file ? [[script, file, [...new Set(all.flatMap(({ options }) => options))]] as const] : []
})

it('are most of the commands that there are', () => {
  expect(named.length).toBeGreaterThan(35)
})

it.concurrent.each(named)('npm run %s', async (_, file, options) => {
  const child = spawn(process.execPath, [file, '--help'], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => (said += String(chunk)))
  expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0)
  expect(options.filter((option) => option !== 'help' && !said.includes(`--${option}`))).toEqual([])
})
