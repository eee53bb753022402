// The size of the scripts before the first screens show: less than 200 KB, compressed.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, inject, it } from 'vitest'

const mostBytes = 200_000
const assets = () => join(inject('webFolder'), 'assets')

/** The files that must be there before this one runs: its imports, and theirs. */
async function closure(names: string[], found = new Set<string>()): Promise<Set<string>> {
  for (const name of names) {
    if (found.has(name)) continue
    found.add(name)
    const text = await readFile(join(assets(), name), 'utf8')
    const imports = [...text.matchAll(/(?:from|import)\s*["'`]\.\/([\w.-]+\.js)["'`]/g)]
    await closure(
      imports.map(([, one]) => one!),
      found,
    )
  }
  return found
}

async function weightOf(page?: string): Promise<number> {
  const html = await readFile(join(inject('webFolder'), 'index.html'), 'utf8')
  const entry = [...html.matchAll(/\/assets\/([\w.-]+\.js)/g)].map(([, name]) => name!)
  const pages = await readdir(assets())
  const own =
    page === undefined ? [] : pages.filter((name) => name.startsWith(`${page}-page-`) && name.endsWith('.js'))
  expect(own).toHaveLength(page === undefined ? 0 : 1)
  let bytes = 0
  for (const name of await closure([...entry, ...own])) {
    bytes += gzipSync(await readFile(join(assets(), name))).length
  }
  return bytes
}

describe.skipIf(inject('chromium') === '')('the first load', () => {
  it.each([
    ['a stranger', undefined],
    ['who comes back', 'home'],
  ])('of %s is light', async (who, page) => {
    const bytes = await weightOf(page)
    console.log(`${who}: ${(bytes / 1_000).toFixed(1)} KB of script, gzip`)
    expect(bytes).toBeGreaterThan(50_000)
    expect(bytes).toBeLessThan(mostBytes)
  })
})
