// What a release says of itself, from the changelog; and whether everything names the same version.

/** The text under the heading of a version. Throws when there is none, or when it says nothing. */
export function notesOf(changelog: string, version: string): string {
  const sections = changelog.split(/^## /m).slice(1)
  const section = sections.find((one) => one.startsWith(`[${version}]`))
  if (section === undefined) throw new Error(`CHANGELOG.md has no heading ## [${version}]`)
  const text = section.slice(section.indexOf('\n') + 1).trim()
  if (text === '') throw new Error(`CHANGELOG.md says nothing of ${version}`)
  return text
}

/** The version of a tag `vX.Y.Z`. Throws when it is none, or another than that of package.json. */
export function versionOf(tag: string, packageVersion: string): string {
  const version = /^v(\d+\.\d+\.\d+)$/.exec(tag)?.[1]
  if (version === undefined) throw new Error(`${tag} is not vX.Y.Z`)
  if (version !== packageVersion) throw new Error(`package.json says ${packageVersion}, the tag ${version}`)
  return version
}
