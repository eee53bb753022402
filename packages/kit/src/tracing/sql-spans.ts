// A span for each statement that runs within a recorded trace: its text without values, and how long it took.
import { currentTrace } from '../trace.ts'
import { addLeaf, failureOf } from './spans.ts'

/** What is used of the driver's queries. */
type Query = {
  strings: readonly string[]
  tagged: boolean
  resolve(value: unknown): void
  reject(error: unknown): void
}

const maxText = 400

type Described = { name: string; attributes: Record<string, string> }
/** By the place in the code that it stands at. */
const described = new WeakMap<readonly string[], Described>()

function describe(strings: readonly string[]): Described {
  const text = strings.join('$').replace(/\s+/g, ' ').trim().slice(0, maxText)
  const name = /^\w+/.exec(text)?.[0] ?? 'statement'
  return { name, attributes: { 'db.system.name': 'postgresql', 'db.query.text': text } }
}

function descriptionOf({ strings, tagged }: Query): Described {
  if (!tagged) return describe(strings)
  const known = described.get(strings) ?? describe(strings)
  described.set(strings, known)
  return known
}

/** Called by the patched driver as a statement begins to wait for a connection. */
export function statementStarted(query: Query): void {
  const trace = currentTrace()
  if (!trace?.recording) return
  const startedMs = performance.now()
  const { resolve, reject } = query
  query.resolve = (value) => {
    addLeaf(trace, { kind: 'client', ...descriptionOf(query) }, startedMs)
    resolve(value)
  }
  query.reject = (error) => {
    addLeaf(trace, { kind: 'client', ...descriptionOf(query), failure: failureOf(error) }, startedMs)
    reject(error)
  }
}
