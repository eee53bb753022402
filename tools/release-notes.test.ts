// A release is refused unless tag, package and changelog name one version.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { namedVersions, notesOf, versionOf } from './release-notes.ts'

const changelog = `# Changelog

## [Unreleased]

## [0.2.0] - 2026-12-01

### Added

- Something.

## [0.1.0] - 2026-11-01

- The first.
`

it('the notes are the section of the version', () => {
  expect(notesOf(changelog, '0.2.0')).toBe('### Added\n\n- Something.')
  expect(notesOf(changelog, '0.1.0')).toBe('- The first.')
  expect(() => notesOf(changelog, '0.3.0')).toThrow('no heading')
  expect(() => notesOf(changelog, 'Unreleased')).toThrow('says nothing')
})

it.each(['package.json', 'packages/kit/package.json', 'version of Chart.yaml', 'appVersion of Chart.yaml'])(
  'the tag is the version of each, %s among them',
  (where) => {
    const named = (versions: Record<string, string>) =>
      namedVersions((path) =>
        path.endsWith('.json')
          ? JSON.stringify({ version: versions[path] ?? '0.2.0' })
          : ['version', 'appVersion']
              .map((key) => `${key}: ${versions[`${key} of Chart.yaml`] ?? "'0.2.0'"}`)
              .join('\n'),
      )
    expect(versionOf('v0.2.0', named({}))).toBe('0.2.0')
    expect(() => versionOf('v0.2.0', named({ [where]: '0.1.0' }))).toThrow(
      `the tag says 0.2.0, ${where} 0.1.0`,
    )
    expect(() => versionOf('0.2.0', named({}))).toThrow('not vX.Y.Z')
  },
)

it('today all of them name one version', () => {
  const read = (path: string) => readFileSync(join(import.meta.dirname, '..', path), 'utf8')
  expect(new Set(Object.values(namedVersions(read))).size).toBe(1)
})
