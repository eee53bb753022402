// How a command reads its arguments: options, help, and what is wrong with them.
import { parseArgs, type ParseArgsConfig } from 'node:util'

type Options = NonNullable<ParseArgsConfig['options']>

/** Prints why the command cannot run, and exits. */
export function exitWith(why: string, status = 2): never {
  console.error(why)
  process.exit(status)
}

/** The arguments of the command line; for `--help` it prints the text and exits. */
export function parseArguments<const O extends Options>(
  help: string,
  options: O,
  { allowPositionals = false } = {},
) {
  const all = { ...options, help: { type: 'boolean', short: 'h' } } as const
  const read = () => {
    try {
      return parseArgs({ allowPositionals, options: all })
    } catch (error) {
      return exitWith(`${(error as Error).message}\n\n${help}`)
    }
  }
  const found = read()
  if ((found.values as { help?: boolean }).help) {
    console.log(help)
    process.exit(0)
  }
  return found
}
