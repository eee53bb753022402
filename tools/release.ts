// Prints the notes of a release, or says why a tag is none: `node tools/release.ts vX.Y.Z`. Needs nothing installed.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { namedVersions, notesOf, versionOf } from './release-notes.ts'

const read = (name: string) => readFileSync(join(import.meta.dirname, '..', name), 'utf8')
try {
  console.log(notesOf(read('CHANGELOG.md'), versionOf(process.argv[2] ?? '', namedVersions(read))))
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 2
}
