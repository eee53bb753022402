// The commands of the README that lead from `npm start` to a cluster, as they stand there.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One command each, without its comment. */
export function quickStart(): string[] {
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')
  const block = /^## From `npm start` to a cluster\n\n```sh\n([^`]+)```/m.exec(readme)?.[1] ?? ''
  return block
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter(Boolean)
}

/** Those of `helm install`: values and what they set, with a registry. */
export function quickStartValues(): string[] {
  const [, values = ''] =
    /^helm install bahi deploy\/chart -n bahi (.+)$/.exec(quickStart().at(-1) ?? '') ?? []
  return values.replaceAll('$REGISTRY', 'registry.example').split(' ').filter(Boolean)
}
