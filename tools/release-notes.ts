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

/** The version of a tag `vX.Y.Z`. Throws when it is none, or another than the versions that files name. */
export function versionOf(tag: string, named: Record<string, string>): string {
  const version = /^v(\d+\.\d+\.\d+)$/.exec(tag)?.[1]
  if (version === undefined) throw new Error(`${tag} is not vX.Y.Z`)
  const others = Object.entries(named).filter(([, one]) => one !== version)
  if (others.length === 0) return version
  throw new Error(`the tag says ${version}, ${others.map(([where, one]) => `${where} ${one}`).join(', ')}`)
}

/**
 * The versions that a release names: of the packages (every line of the log has that of packages/kit), of the chart,
 * and the one that the chart takes its images by.
 * @param read the text of a file of the repository
 */
export function namedVersions(read: (path: string) => string): Record<string, string> {
  const ofPackage = (path: string) => (JSON.parse(read(path)) as { version: string }).version
  const chart = read('deploy/chart/Chart.yaml')
  const ofChart = (key: string) => new RegExp(`^${key}: *['"]?([^'"\\s]*)`, 'm').exec(chart)?.[1] ?? 'none'
  return {
    'package.json': ofPackage('package.json'),
    'packages/kit/package.json': ofPackage('packages/kit/package.json'),
    'version of Chart.yaml': ofChart('version'),
    'appVersion of Chart.yaml': ofChart('appVersion'),
  }
}
