// How a command reads its arguments, and what it does when nobody reads what it prints. Every command imports it.
import { parseArgs, type ParseArgsConfig } from 'node:util'

/**
 * `npm run demo | head` closes the pipe before we are done: what is printed then is dropped, and the command ends as it
 * would have, with its own status, so that no verdict is mistaken.
 */
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}

/** Of the public port that a start has by default. */
export const defaultUrl = 'http://127.0.0.1:8080'

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
