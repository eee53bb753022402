// Every command that documents for operators name is run: it starts, and its help has each option that they give it.
import { spawn } from 'node:child_process'
import { expect, it } from 'vitest'
import { codeIn, fileOf, isForOperators, npmCommands, optionsIn } from './document-commands.ts'
import { files, root } from './tidy-files.ts'

const given = files.filter(isForOperators).flatMap(({ text }) => codeIn(text).flatMap(npmCommands))
const named = [...Map.groupBy(given, ({ script }) => script)].flatMap(([script, all]) => {
  const file = fileOf(script)
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
  const known = ['help', ...optionsIn(said)]
  expect(options.filter((option) => !known.includes(option))).toEqual([])
})
