// Settings in the environment of `npm start`: those of services are theirs, but for what the start decides itself.
import { BaseConfig } from '@bahi/kit/runtime/base-config.ts'
import { configError, settingNames, unknownSettings } from '@bahi/kit/runtime/config.ts'
import { settingOf, type Env } from '@bahi/kit/runtime/environment.ts'
import { services } from './services.ts'
import { CommandConfig } from './settings-document.ts'

/** What `npm start` reads for itself. */
const ownSettings = ['BAHI_PORT', 'BAHI_BACKUPS']

/** Of tests, which may run in the same shell. */
const isOfTests = (name: string) => name.startsWith('BAHI_TEST_')

/**
 * The settings of services that the environment has. Throws one error that names all that nobody knows and all that the
 * start decides: those of every process, and the `decided` ones. Settings of other commands are left alone.
 */
export function settingsForStart(env: Env, decided: readonly string[]): Record<string, string> {
  const ofServices = services.flatMap(({ config }) => settingNames(config))
  const isDecided = new Set(
    [...settingNames(BaseConfig), ...decided, ...decided.map((name) => `${name}_FILE`)].filter(
      (name) => name.startsWith('BAHI_') && !ownSettings.includes(name),
    ),
  )
  const ours = Object.fromEntries(Object.entries(env).filter(([name]) => !isOfTests(name)))
  const known = [...ofServices, ...isDecided, ...ownSettings, ...settingNames(CommandConfig)]
  const given = Object.keys(ours).filter((name) => settingOf(name, ours) !== undefined)
  const faults = [
    ...unknownSettings(ours, known),
    ...given
      .filter((name) => isDecided.has(name))
      .map((name) => `${name} is decided by npm start, see --help: leave it out`),
  ]
  if (faults.length > 0) throw configError(faults)
  const passed = new Set(ofServices)
  return Object.fromEntries(given.filter((name) => passed.has(name)).map((name) => [name, ours[name]!]))
}
