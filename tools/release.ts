// Prints the notes of a release, or says why a tag is none: `node tools/release.ts vX.Y.Z`. Needs nothing installed.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { notesOf, versionOf } from './release-notes.ts'

const read = (name: string) => readFileSync(join(import.meta.dirname, '..', name), 'utf8')
const { version } = JSON.parse(read('package.json')) as { version: string }
try {
  console.log(notesOf(read('CHANGELOG.md'), versionOf(process.argv[2] ?? '', version)))
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 2
}
