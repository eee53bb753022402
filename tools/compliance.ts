// Writes docs/operate/compliance.md; a test compares it with the requirements as data.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArguments } from '@bahi/platform/arguments.ts'
import { complianceDocument } from './compliance/document.ts'
import { standards } from './compliance/standards.ts'

const help = `npm run compliance

Writes docs/operate/compliance.md after a change of tools/compliance.

  --help   this text`

parseArguments(help, {})
const file = join(import.meta.dirname, '../docs/operate/compliance.md')
await writeFile(file, `${complianceDocument(standards)}\n`)
console.log(`wrote ${file}`)
