// Writes the table of all settings; a test compares it with the code.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArguments } from '@bahi/platform/arguments.ts'
import { settingsDocument } from '@bahi/platform/settings-document.ts'

const help = `npm run settings

Writes docs/operate/settings.md after a change of settings.

  --help   this text`

parseArguments(help, {})
const file = join(import.meta.dirname, '../docs/operate/settings.md')
await writeFile(file, `${settingsDocument()}\n`)
console.log(`wrote ${file}`)
