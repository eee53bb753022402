// The entry of every process: runs the services that its arguments name.
import type { ServiceName } from '@bahi/contracts/contract.ts'
import { BaseConfig } from '@bahi/kit/runtime/base-config.ts'
import { settingNames } from '@bahi/kit/runtime/config.ts'
import { runProcess } from '@bahi/kit/runtime/process.ts'
import type { AnyService } from '@bahi/kit/runtime/service.ts'
import { exitWith } from './arguments.ts'
import { loadServices, startOrder } from './service-modules.ts'

const usage = `node packages/platform/src/main.ts <service…>

Runs services as one process, such as: gateway payment account. Services of one process call each other directly,
those of other processes over HTTP. Services: ${startOrder.join(', ')}.

Settings come from the environment. An environment may be shared: settings of services that do not run here are
ignored, unknown ones that begin with BAHI_ are refused. SIGTERM ends the process gracefully.`

const names = process.argv.slice(2)
if (names.includes('--help') || names.includes('-h')) {
  console.log(`${usage}\n\n${await settingsHelp()}`)
  process.exit(0)
}
if (names.length === 0) exitWith(usage)
const unknown = names.filter((name) => !startOrder.includes(name as ServiceName))
if (unknown.length > 0) exitWith(`there is no service ${unknown.join(' and no service ')}\n\n${usage}`)

await runProcess(await loadServices(names as ServiceName[]), async () =>
  (await loadServices(startOrder)).flatMap(({ config }) => settingNames(config)),
)

async function settingsHelp(): Promise<string> {
  const all = await loadServices(startOrder)
  return [
    `Settings of every process:\n${describe(BaseConfig)}`,
    ...all
      .filter(({ config }) => Object.keys(config.properties).length > 0)
      .map(({ name, config }) => `Settings of ${name}:\n${describe(config)}`),
  ].join('\n\n')
}

function describe(config: AnyService['config']): string {
  const required = new Set((config as { required?: string[] }).required ?? [])
  return Object.entries(config.properties)
    .map(([name, property]) => {
      const { default: value, description = '' } = property as { default?: unknown; description?: string }
      const given =
        value !== undefined
          ? `default ${JSON.stringify(value)}`
          : required.has(name)
            ? 'required'
            : 'optional'
      return `  ${name} (${given})${description ? `\n      ${description}` : ''}`
    })
    .join('\n')
}
