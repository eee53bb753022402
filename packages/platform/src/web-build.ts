// The web apps, each built when its sources have changed since the last build: `npm start` serves the results.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

const root = join(import.meta.dirname, '../../..')
export type WebApp = 'web/pay' | 'web/console'

const sourcesOf = (app: WebApp) => [`${app}/src`, `${app}/public`, 'web/ui/src', 'packages/contracts/src']
// The root has the list of browsers that it is built for.
const singleOf = (app: WebApp) => [
  'package.json',
  `${app}/index.html`,
  `${app}/package.json`,
  `${app}/vite.config.ts`,
  'web/ui/package.json',
]

/** The folder to serve; undefined when this installation has no such app. */
export async function builtWeb(app: WebApp = 'web/pay'): Promise<string | undefined> {
  if (!existsSync(join(root, app, 'index.html'))) return undefined
  const dist = join(root, app, 'dist')
  const stamp = join(dist, '.built-from')
  const digest = await digestOf(app)
  if ((await readFile(stamp, 'utf8').catch(() => '')) === digest) return dist
  const vite = join(root, 'node_modules/vite/bin/vite.js')
  if (!existsSync(vite)) {
    console.log(
      `no ${app}: the build tools are not installed (npm install without --omit=dev); the API works`,
    )
    return undefined
  }
  console.log(`building ${app} …`)
  // In a process of its own with NODE_ENV=production, so that the app is built as it is shipped.
  const env = { ...process.env, NODE_ENV: 'production' }
  await run(process.execPath, [vite, 'build', '--logLevel', 'warn'], { cwd: join(root, app), env })
  await mkdir(dist, { recursive: true })
  await writeFile(stamp, digest)
  return dist
}

async function digestOf(app: WebApp): Promise<string> {
  const hash = createHash('sha256')
  for (const folder of sourcesOf(app)) {
    const names = await readdir(join(root, folder), { recursive: true })
    for (const name of names.sort()) {
      if (/\.[a-z0-9]+$/i.test(name)) hash.update(name).update(await readFile(join(root, folder, name)))
    }
  }
  for (const name of singleOf(app)) hash.update(await readFile(join(root, name)))
  return hash.digest('hex')
}
