// Finds import cycles: groups of files that reach each other by imports, types included.
import { packageFolder } from './boundaries.ts'
import { importsOf, isScript, ownPath, type File } from './tidy-files.ts'

/** Strongly connected components of more than one node, by Tarjan's algorithm; a node that points at itself counts. */
export function cyclesIn(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const onStack = new Set<string>()
  const cycles: string[][] = []
  const connect = (node: string) => {
    index.set(node, index.size)
    low.set(node, index.get(node)!)
    stack.push(node)
    onStack.add(node)
    for (const next of edges.get(node) ?? []) {
      if (!index.has(next)) {
        connect(next)
        low.set(node, Math.min(low.get(node)!, low.get(next)!))
      } else if (onStack.has(next)) low.set(node, Math.min(low.get(node)!, index.get(next)!))
    }
    if (low.get(node) !== index.get(node)) return
    const component = stack.splice(stack.lastIndexOf(node))
    for (const member of component) onStack.delete(member)
    if (component.length > 1 || edges.get(node)?.includes(node)) cycles.push(component.sort())
  }
  for (const node of edges.keys()) if (!index.has(node)) connect(node)
  return cycles
}

/** The cycles among the scripts of each package, each as one line. */
export function importCycles(files: readonly File[]): string[] {
  const scripts = files.filter(isScript)
  const known = new Set(scripts.map(({ path }) => path))
  const edges = new Map(
    scripts.map((file) => [
      file.path,
      importsOf(file)
        .map((name) => ownPath(file, name))
        .filter((path) => path !== undefined)
        .filter((path) => known.has(path) && packageFolder(path) === packageFolder(file.path)),
    ]),
  )
  return cyclesIn(edges).map((cycle) => cycle.join(' ↔ '))
}
