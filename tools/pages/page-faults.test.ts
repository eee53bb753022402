// A web app as the gateway serves it is its build; one that something on the way has changed is not.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startGateway, type TestGateway } from '@bahi/gateway/testing.ts'
import { appPolicy } from '@bahi/gateway/web-files/response-headers.ts'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { pageFaults } from './page-faults.ts'

type Answer = { status: number; body: string; headers: Headers }

let folder: string
let gateway: TestGateway
let between: Server
/** What somebody between the gateway and people does to an answer. */
let change: (path: string, answer: Answer) => void
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bahi-pages-'))
  await mkdir(join(folder, 'assets'))
  await writeFile(join(folder, '.built-from'), 'not served')
  await writeFile(join(folder, 'index.html'), '<!doctype html><script src="/assets/app-1.js"></script>')
  // Long enough to be compressed on its way.
  await writeFile(join(folder, 'assets/app-1.js'), 'export const all = 1\n'.repeat(1_000))
  gateway = await startGateway(inject('postgresUrl'), { env: { BAHI_WEB_FOLDER: folder } })
  between = createServer((request, response) => {
    void gateway.fetch(request.url!, { headers: { accept: request.headers.accept! } }).then(async (from) => {
      const answer = { status: from.status, body: await from.text(), headers: new Headers(from.headers) }
      change(request.url!, answer)
      for (const name of ['content-length', 'content-encoding', 'transfer-encoding'])
        answer.headers.delete(name)
      response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(answer.body)
    })
  })
  await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  between.closeAllConnections()
  between.close()
  await gateway.stop()
  await rm(folder, { recursive: true })
})

const policyWith = (script: string) => appPolicy.replace("script-src 'self'", `script-src 'self' ${script}`)

it.each<[what: string, change: typeof change, faults: string[]]>([
  ['what is served', () => undefined, []],
  [
    'a page with another script',
    (path, answer) =>
      void (path === '/' && (answer.body += '<script src="https://other.example/a.js"></script>')),
    ['the page is another than that of the build'],
  ],
  [
    'a script with one more line',
    (path, answer) => void (path.endsWith('.js') && (answer.body += 'steal()')),
    ['assets/app-1.js is another than that of the build'],
  ],
  [
    'a script that is gone',
    (path, answer) => void (path.endsWith('.js') && (answer.status = 404)),
    ['assets/app-1.js is answered with 404'],
  ],
  [
    'a policy that lets others in',
    (_path, answer) => answer.headers.set('content-security-policy', policyWith('https://other.example')),
    ['the header content-security-policy of the page is missing or another'],
  ],
  [
    'headers that are gone',
    (_path, answer) =>
      void ['x-frame-options', 'content-security-policy'].map((name) => answer.headers.delete(name)),
    ['content-security-policy', 'x-frame-options'].map(
      (name) => `the header ${name} of the page is missing or another`,
    ),
  ],
])('%s: what is another is named', async (_what, made, faults) => {
  change = made
  const url = `http://127.0.0.1:${(between.address() as AddressInfo).port}`
  expect(await pageFaults(url, folder, appPolicy)).toEqual({ files: 2, faults })
})

it('a folder without a page is no build', async () => {
  await expect(pageFaults('http://127.0.0.1:1', join(folder, 'assets'), appPolicy)).rejects.toThrow(
    'no build',
  )
})
