// docs/operate/compliance.md: what the software does for each requirement, where, and how it is proven.
import type { Reference, Requirement, Standard, State } from './requirement.ts'

const head = `# Compliance

Written by \`npm run compliance\` from \`tools/compliance\`, and compared with it by a test, which also holds that
every file, test, command, setting, permission, metric and alert that is named here exists. It is our reading of each
source, in few words, and no certificate: an assessor decides. What is named *evidence* is a file that
\`npm run evidence\` collects from your platform ([evidence](evidence.md)).

| State | Meaning |
| --- | --- |
| met | by the software, as it is shipped |
| shared | the software does a part; what is left to the operator follows **Yours** |
| gap | not met, or not as it is written; what to do follows **Gap** |
| operator | the operator's; what there is to help is named |`

const words: Record<State, string> = { met: 'met', shared: 'shared', gap: '**gap**', operator: 'operator' }

/** The whole document. */
export function complianceDocument(standards: readonly Standard[]): string {
  const states = Object.keys(words) as State[]
  const counts = standards.map(({ title, requirements }) => {
    const numbers = states.map((state) => requirements.filter((one) => one.state === state).length)
    return `| [${title}](#${anchorOf(title)}) | ${numbers.join(' | ')} |`
  })
  return [
    head,
    [`| | ${states.join(' | ')} |`, `| --- |${' --- |'.repeat(states.length)}`, ...counts].join('\n'),
    ...standards.map(section),
  ].join('\n\n')
}

const anchorOf = (title: string) =>
  title
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-')

function section({ title, about, requirements }: Standard): string {
  return [
    `## ${title}\n`,
    `${about}\n`,
    '| | Asks for | State | What bahi does | Where | Proof |',
    '| --- | --- | --- | --- | --- | --- |',
    ...requirements.map(row),
  ].join('\n')
}

function row({ id, asks, state, does, where, proof, left }: Requirement): string {
  const rest = left === undefined ? '' : ` **${state === 'gap' ? 'Gap' : 'Yours'}**: ${left}`
  const cells = [id, asks, words[state], `${does}${rest}`.trim(), listed(where), listed(proof)]
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

const listed = (references: readonly Reference[]) => references.map(shown).join('; ')

function shown(reference: Reference): string {
  const at = reference.indexOf(':')
  const [kind, rest] = [reference.slice(0, at), reference.slice(at + 1)]
  const [path = '', words = ''] = rest.split('#')
  switch (kind) {
    case 'file':
      return `[\`${rest}\`](../../${rest})`
    case 'test':
      return `[\`${path}\`](../../${path}) “${words.replaceAll(/\$\{?\w+\}?|%s/g, '…')}”`
    case 'doc':
      return `[${words}](../../${path})`
    case 'command':
      return rest === 'test' ? '`npm test`' : `\`npm run ${rest}\``
    case 'workflow':
      return `[\`${rest}\`](../../.github/workflows/${rest})`
    case 'evidence':
      return `evidence: \`${rest}\``
    default:
      return `\`${rest}\``
  }
}
