// A release is refused unless tag, package and changelog name one version.
import { expect, it } from 'vitest'
import { notesOf, versionOf } from './release-notes.ts'

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

it('the tag is the version of package.json', () => {
  expect(versionOf('v0.2.0', '0.2.0')).toBe('0.2.0')
  expect(() => versionOf('v0.2.0', '0.1.0')).toThrow('package.json says 0.1.0')
  expect(() => versionOf('0.2.0', '0.2.0')).toThrow('not vX.Y.Z')
})
