// Compares a web app as people receive it with its build: every file, and the headers that keep scripts of others out.
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'

const timeoutMs = 30_000
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** What each page must have, whoever is in front of the gateway. */
const headersOf = (policy: string, isEncrypted: boolean): Record<string, RegExp> => ({
  'content-security-policy': new RegExp(`^${policy.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`),
  'x-content-type-options': /^nosniff$/,
  'x-frame-options': /^DENY$/,
  'referrer-policy': /^no-referrer$/,
  ...(isEncrypted ? { 'strict-transport-security': /max-age=[1-9]/ } : {}),
})

export type Compared = { files: number; faults: string[] }

/**
 * @param url where the app is
 * @param folder of its build
 * @param policy that its pages have
 * Throws when the folder is no build, or the address cannot be reached.
 */
export async function pageFaults(url: string, folder: string, policy: string): Promise<Compared> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort()
  if (!files.includes('index.html')) throw new Error(`${folder} is no build of a web app`)
  const faults: string[] = []
  // The page is what the address itself answers, as a browser asks.
  for (const path of ['', ...files.filter((file) => file !== 'index.html')]) {
    const response = await fetch(new URL(path, url.endsWith('/') ? url : `${url}/`), {
      headers: path === '' ? { accept: 'text/html' } : {},
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    })
    const received = new Uint8Array(await response.arrayBuffer())
    const name = path === '' ? 'the page' : path
    if (response.status !== 200) faults.push(`${name} is answered with ${response.status}`)
    else if (sha256(received) !== sha256(await readFile(join(folder, path === '' ? 'index.html' : path))))
      faults.push(`${name} is another than that of the build`)
    if (path !== '') continue
    for (const [header, wanted] of Object.entries(headersOf(policy, url.startsWith('https:'))))
      if (!wanted.test(response.headers.get(header) ?? ''))
        faults.push(`the header ${header} of the page is missing or another`)
  }
  return { files: files.length, faults }
}
