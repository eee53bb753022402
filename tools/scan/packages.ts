// What npm says of the packages that ship: which there are, and which have known vulnerabilities.
import { run } from './run.ts'

type Vulnerability = { name: string; severity: string; range: string }

/** Known vulnerabilities of what ships; or why the registry was not asked. */
export function vulnerabilities(root: string): { found: Vulnerability[] } | { notRun: string } {
  const { stdout, said } = run('npm', ['audit', '--omit=dev', '--json'], root)
  let report: { vulnerabilities?: Record<string, Omit<Vulnerability, 'name'>>; message?: string }
  try {
    report = JSON.parse(stdout) as typeof report
  } catch {
    return { notRun: said.split('\n')[0] || 'npm gave no report' }
  }
  if (!report.vulnerabilities) return { notRun: report.message ?? 'the registry answers no audits' }
  const found = Object.entries(report.vulnerabilities).map(([name, { severity, range }]) => ({
    ...{ name, severity, range },
  }))
  return { found }
}

/** A high or critical one fails a scan. */
export const isGrave = ({ severity }: Vulnerability): boolean => ['high', 'critical'].includes(severity)

/** The SBOM of what ships, as CycloneDX, by the lockfile. Throws what npm says. */
export function componentList(root: string): string {
  const args = ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx', '--omit', 'dev']
  const { status, stdout, said } = run('npm', args, root)
  if (status !== 0) throw new Error(said.split('\n')[0])
  return stdout
}
