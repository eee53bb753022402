// The alerts by promtool, on series over minutes and days.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ensureServers } from '@bahi/testing/servers.ts'

const { missing } = await ensureServers(['promtool'])

it.skipIf(missing.length > 0 && process.env['CI'] !== 'true')(
  'alerts fire when they must, and only then',
  () => {
    const names = ['test', 'objectives.test', 'days.test', 'servers.test']
    const tests = names.map((name) => `rules.${name}.yml`)
    const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', ...tests], {
      cwd: join(import.meta.dirname, 'prometheus'),
      encoding: 'utf8',
    })
    expect({ status, output: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, output: '' })
  },
)
