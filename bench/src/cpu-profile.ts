// Reads what `--cpu-prof` wrote: where a process spent its time, by function and by file.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

type Node = { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }
type Profile = { nodes: Node[]; samples: number[]; timeDeltas: number[] }

export type Hot = { where: string; ms: number; share: number }

/** Of the busy time, the functions that had most of it themselves, without what they called. */
export async function hottest(
  folder: string,
  limit: number,
): Promise<{ busyMs: number; byFunction: Hot[]; byFile: Hot[] }> {
  const own = new Map<string, number>()
  const files = new Map<string, number>()
  let busyMs = 0
  for (const name of (await readdir(folder)).filter((one) => one.endsWith('.cpuprofile'))) {
    const { nodes, samples, timeDeltas } = JSON.parse(await readFile(join(folder, name), 'utf8')) as Profile
    const byId = new Map(nodes.map((node) => [node.id, node.callFrame]))
    samples.forEach((id, at) => {
      const frame = byId.get(id)
      if (!frame || frame.functionName === '(idle)') return
      const ms = (timeDeltas[at] ?? 0) / 1_000
      const file = fileOf(frame.url)
      const where = `${frame.functionName || '(anonymous)'} ${file}:${frame.lineNumber + 1}`
      own.set(where, (own.get(where) ?? 0) + ms)
      files.set(file, (files.get(file) ?? 0) + ms)
      busyMs += ms
    })
  }
  const top = (all: Map<string, number>): Hot[] =>
    [...all]
      .sort((a, b) => b[1] - a[1])
      .slice(0, limit)
      .map(([where, ms]) => ({ where, ms: Math.round(ms), share: Math.round((ms / busyMs) * 1_000) / 1_000 }))
  return { busyMs: Math.round(busyMs), byFunction: top(own), byFile: top(files) }
}

/** `packages/kit/src/http/http.ts`, `node_modules/fastify`, `node:internal/…`, or nothing for native code. */
function fileOf(url: string): string {
  const foreign = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1]
  if (foreign) return `node_modules/${foreign}`
  return (
    /\/((?:packages|services|sandbox|bench|tools)\/.*)$/.exec(url)?.[1] ?? (url === '' ? '(native)' : url)
  )
}
