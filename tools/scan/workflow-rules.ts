// What our workflows of GitHub Actions keep to, beside what actionlint checks.

/** Faults of one workflow's text, each as a sentence. */
export function faultsOfWorkflow(text: string): string[] {
  const lines = text.split('\n').map((line) => line.replace(/^(\s*)- /, '$1  '))
  const used = lines.flatMap((line) => /^\s*uses: (.+)$/.exec(line)?.[1] ?? [])
  const unpinned = used.filter((one) => !one.startsWith('./') && !/^[\w./-]+@[0-9a-f]{40} # v\d/.test(one))
  const checkouts = used.filter((one) => one.startsWith('actions/checkout@')).length
  const withoutCredentials = lines.filter((line) => /^\s*persist-credentials: false$/.test(line)).length
  return [
    ...unpinned.map((one) => `${one} is not pinned by its commit, with its version behind it`),
    ...(/^permissions:\n {2}contents: read$/m.test(text) || /^permissions: \{\}$/m.test(text)
      ? []
      : ['its token may do more than read, unless a job asks for more']),
    ...(checkouts > withoutCredentials ? ['a checkout leaves its token in the folder'] : []),
  ]
}
