// What `npm start -- --fresh` does with the data that was there.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest'
import { setAside } from './set-aside.ts'

let parent: string
let folder: string
const write = async (text: string) => {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'keys'), text)
}
const read = () => readFile(join(folder, 'keys'), 'utf8')
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'bahi-fresh-'))
  folder = join(parent, 'data')
  await write('old')
})
afterEach(() => rm(parent, { recursive: true, force: true }))

it('is deleted once the new start has succeeded', async () => {
  const before = await setAside(folder)
  expect(existsSync(folder)).toBe(false)
  await write('new')
  await before.forget()
  await before.restore()
  expect([await read(), await readdir(parent)]).toEqual(['new', ['data']])
})

it('is back when the start fails, and what that had made is gone', async () => {
  const before = await setAside(folder)
  await write('new')
  await before.restore()
  expect([await read(), await readdir(parent)]).toEqual(['old', ['data']])
})

it('that a start before had left aside gives way to what is newer, and stays when there is nothing newer', async () => {
  await setAside(folder)
  await write('newer')
  await (await setAside(folder)).restore()
  expect(await read()).toBe('newer')

  await setAside(folder)
  await (await setAside(folder)).restore()
  expect([await read(), await readdir(parent)]).toEqual(['newer', ['data']])
})

it('is left alone while another process uses it', async () => {
  const postgres = join(folder, 'postgres')
  await mkdir(postgres)
  const server = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1_000)'], { cwd: postgres })
  onTestFinished(() => void server.kill())
  await writeFile(join(postgres, 'postmaster.pid'), String(server.pid))
  await writeFile(join(postgres, 'bahi-parent'), String(process.ppid))
  await expect(setAside(folder)).rejects.toThrow(`process ${process.ppid}`)
  expect(await read()).toBe('old')
})
