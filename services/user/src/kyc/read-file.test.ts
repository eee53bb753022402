// The process that reads strangers' files: what it draws, what it may not do, and what happens when it breaks.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { createFileReader } from './read-file.ts'
import { pageFaults } from './testing-bytes.ts'
import { hostileFile, hostileKinds } from './testing-files.ts'

const full = { maxPixels: 40_000_000, maxPages: 10 }
const limits = { maxPixels: 1_000_000, maxPages: 2 }
let folder: string
const read = createFileReader({ limitMs: 60_000 })
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'bahi-reader-'))))
afterAll(async () => {
  await read.close()
  await rm(folder, { recursive: true })
})

function pdf(pages: number): Buffer {
  const kids = Array.from({ length: pages }, (_, i) => `${i + 3} 0 R`).join(' ')
  const objects = [
    '1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj',
    `2 0 obj<</Type/Pages/Count ${pages}/Kids[${kids}]>>endobj`,
    ...Array.from(
      { length: pages },
      (_, i) => `${i + 3} 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]>>endobj`,
    ),
  ]
  return Buffer.from(`%PDF-1.4\n${objects.join('\n')}\ntrailer<</Root 1 0 R>>\n%%EOF`)
}

it('draws each page of a PDF, of as many as there may be', async () => {
  expect(await read(pdf(2), limits)).toMatchObject({ pages: [expect.anything(), expect.anything()] })
  expect(await read(pdf(3), limits)).toMatchObject({ fault: 'too-large' })
})

/** A reader whose process runs the file as a script. */
async function readerOfScripts(options: Parameters<typeof createFileReader>[0] = {}) {
  const entry = join(folder, 'entry.mjs')
  const run = "new Function('fs', Buffer.from(bytes).toString())(fs)"
  await writeFile(
    entry,
    `import fs from 'node:fs'
    process.on('message', ({ id, bytes }) => {
      try { process.send({ id, pages: [Buffer.from(String(${run}))] }) }
      catch (error) { process.send({ id, pages: [Buffer.from(error.code ?? error.message)] }) }
    })`,
  )
  const read = createFileReader({ entry, ...options })
  onTestFinished(() => read.close())
  return async (text: string) => {
    const answer = await read(Buffer.from(text), limits)
    return 'pages' in answer ? Buffer.from(answer.pages[0]!).toString() : answer
  }
}

it('reads its own code and nothing beside it, writes nothing, has no setting and starts no process', async () => {
  const run = await readerOfScripts()
  const here = (path: string) => JSON.stringify(fileURLToPath(new URL(path, import.meta.url)))
  expect(await run(`return fs.readFileSync(${here('./read-file.ts')}).length > 0`)).toBe('true')
  for (const denied of [
    `fs.readFileSync(${here('../../../../package.json')})`,
    `fs.readFileSync(${here('../../../../.bahi/secrets.json')})`,
    `fs.writeFileSync(${here('./new')}, '')`,
    `process.getBuiltinModule('child_process').spawnSync('true')`,
  ])
    expect([denied, await run(denied)]).toEqual([denied, 'ERR_ACCESS_DENIED'])
  expect(await run('return Object.keys(process.env)')).toBe('')
})

const died = (how: string) => ({ id: expect.any(Number) as number, fault: 'unreadable', died: how })

it('is replaced when it exits over a file', async () => {
  const run = await readerOfScripts()
  const scripts = ['return process.pid', 'process.exit(0)', 'return process.pid']
  const [first, dead, next] = await Promise.all(scripts.map((text) => run(text)))
  expect(dead).toEqual(died('exited'))
  expect([first, next]).toEqual([expect.stringMatching(/^\d+$/), expect.stringMatching(/^\d+$/)])
  expect(next).not.toBe(first)
})

it('refuses one file alone when its process cannot be started', async () => {
  const run = await readerOfScripts()
  const { execPath } = process
  try {
    process.execPath = join(folder, 'missing')
    await expect(run('return 1')).rejects.toThrow('ENOENT')
  } finally {
    process.execPath = execPath
  }
  expect(await run('return 1')).toBe('1')
})

it('is ended when it hangs over a file, or takes more memory than it may', async () => {
  const run = await readerOfScripts({ limitMs: 3_000 })
  expect(await run('for (;;);')).toEqual(died('time'))
  await expect.poll(() => run('return 1')).toBe('1')
  if (process.platform === 'linux') {
    const slow = await readerOfScripts({ limitCpuMs: 500 })
    expect(await slow('for (;;);')).toEqual(died('time'))
  }
  const fill = 'const all = []; for (;;) all.push(Buffer.alloc(16 * 1_048_576, 1))'
  if (process.platform === 'linux') {
    const small = await readerOfScripts({ limitMb: 400 })
    expect(await small(fill)).toEqual(died('memory'))
    await expect.poll(() => small('return 1')).toBe('1')
  }
})

// Real ones, through the real reader; `npm run hostile-files` sends a thousand through the platform.
const kinds = Object.entries(hostileKinds)
it.each(kinds.filter(([, { endless }]) => !endless))('of strangers’ files: %s', async (kind, { may }) => {
  const answer = await read(await hostileFile(kind, 1, { small: true }), full)
  // Nobody scans here: what has a virus is drawn as what it is besides.
  const expected = may.includes('infected') ? ['readable', 'type'] : may
  expect(expected).toContain('pages' in answer ? 'readable' : answer.fault)
  if ('pages' in answer) expect(answer.pages.flatMap((page) => pageFaults(page))).toEqual([])
})

it.each(kinds.filter(([, { endless }]) => endless))('of strangers’ files: %s', async (kind) => {
  const impatient = createFileReader({ limitMs: 2_000 })
  onTestFinished(() => impatient.close())
  expect(await impatient(await hostileFile(kind, 1), full)).toEqual(died('time'))
})
