// Every line of a list is in one part, and no part is more than one upload takes.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { partsOf } from './parts.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bahi-parts-'))
})
afterAll(() => rm(folder, { recursive: true }))

it.each<[what: string, text: string, parts: string[]]>([
  ['an empty file', '', []],
  ['as many lines as one upload takes', '1\n2\n', ['1\n2\n']],
  ['one line more', '1\n2\n3\n', ['1\n2\n', '3\n']],
  ['one line more, without a newline', '1\n2\n3', ['1\n2\n', '3']],
  ['lines of more bytes', '123456\n789\n', ['123456\n', '789\n']],
  ['lines of more bytes, without a newline', '123456\n789', ['123456\n', '789']],
])('%s', async (_what, text, parts) => {
  const file = join(folder, 'list.csv')
  await writeFile(file, text)
  const found = await Array.fromAsync(partsOf(file, { maxRows: 2, maxBytes: 8 }))
  expect(found.map((bytes) => Buffer.from(bytes).toString())).toEqual(parts)
})
