// What a container of the image runs: the services that its arguments name, or one command of operators.
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const hasSandbox = existsSync(join(import.meta.dirname, 'seed.ts'))

const commands: Record<string, () => Promise<unknown>> = {
  migrate: () => import('../../tools/migrate.ts'),
  canary: () => import('../canary/canary.ts'),
  'leader-watch': () => import('../patroni/leader-watch.ts'),
  'verify-backup': () => import('../backup/verify-backup.ts'),
  health: () => import('./health.ts'),
  admin: () => import('../../tools/admin.ts'),
  dlq: () => import('../../tools/dlq.ts'),
  rebuild: () => import('../../tools/rebuild.ts'),
  reconcile: () => import('../../tools/reconcile.ts'),
  'revoked-numbers': () => import('../../tools/revoked-numbers.ts'),
  reseal: () => import('../../tools/reseal.ts'),
  restore: () => import('../../tools/restore.ts'),
  verify: () => import('../../tools/verify.ts'),
  'verify-audit': () => import('../../tools/verify-audit.ts'),
  ...(hasSandbox
    ? {
        seed: () => import('./seed.ts'),
        demo: () => import('../../tools/demo.ts'),
        pay: () => import('./pay.ts'),
      }
    : {}),
}

const [name = ''] = process.argv.slice(2)
const command = Object.hasOwn(commands, name) ? commands[name] : undefined
if (command) {
  // Each reads its own arguments.
  process.argv.splice(2, 1)
  await command()
} else {
  if (name === '--help')
    console.log(`bahi <service…> | <command>\n\nCommands: ${Object.keys(commands).join(', ')}\n`)
  await import('../../packages/platform/src/main.ts')
}
