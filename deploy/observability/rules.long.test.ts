// The alerts by promtool, on series over minutes and days.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ensureServers } from '@bahi/testing/servers.ts'

const { missing } = await ensureServers(['promtool'])

it.skipIf(missing.length > 0 && process.env['CI'] !== 'true')(
  'alerts fire when they must, and only then',
  () => {
    const cwd = join(import.meta.dirname, 'prometheus')
    const tests = readdirSync(cwd).filter((name) => name.endsWith('test.yml'))
    expect(tests.length).toBeGreaterThan(3)
    const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', ...tests], {
      cwd,
      encoding: 'utf8',
    })
    expect({ status, output: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, output: '' })
  },
)
