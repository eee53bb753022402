// Checks the types of one package alone (`node tools/check-types.ts services/payment`), by the root's tsconfig.

import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const folder = process.argv[2]

if (!folder || folder === '--help') {
  console.log('usage: node tools/check-types.ts FOLDER      e.g. services/payment')
  process.exit(folder ? 0 : 2)
}

// TypeScript takes either a project or a list of files; so the project is written, beside Nx's own cache.
const config = join(root, '.nx', 'types', `${folder.replaceAll('/', '-')}.json`)
mkdirSync(join(config, '..'), { recursive: true })
writeFileSync(config, JSON.stringify({ extends: '../../tsconfig.json', include: [join('../..', folder)] }))

const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
process.exit(spawnSync(process.execPath, [tsc, '-p', config], { cwd: root, stdio: 'inherit' }).status ?? 1)
