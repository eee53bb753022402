// Saves what the screens showed on this device, so that they show it offline: never balances, never secrets.
import { dehydrate, hydrate, type DehydratedState, type QueryClient } from '@tanstack/react-query'
import type { EncryptedStorage } from './encrypted-storage.ts'

/** How long saved data may be shown without a refresh. */
export const maxAgeMs = 7 * 86_400_000
const name = 'queries'
const saveDelayMs = 1_000
const maxPages = 3
const maxQueries = 60

/** First words of query keys that may be saved. Everything else stays in memory. */
const savedRoots = new Set([
  ...['me', 'contacts', 'notifications', 'unread', 'preferences'],
  ...['payments', 'payment', 'accounts', 'account', 'vpas', 'banks', 'threads', 'spending'],
])
/** Words that exclude a key at any position: a balance is shown for the PIN only. */
const neverSaved = ['balance', 'statement', 'pin', 'keys', 'search']

export function maySave(key: readonly unknown[]): boolean {
  const words = key.filter((part) => typeof part === 'string')
  return (
    savedRoots.has(words[0] ?? '') && key[0] === words[0] && !words.some((word) => neverSaved.includes(word))
  )
}

type SavedQueries = { savedAtMs: number; state: DehydratedState }

/** The latest queries, and of long lists the first pages. */
export function queriesToSave(client: QueryClient, nowMs = Date.now()): SavedQueries {
  const state = dehydrate(client, {
    shouldDehydrateMutation: () => false,
    shouldDehydrateQuery: ({ queryKey, state: { status, dataUpdatedAt } }) =>
      status === 'success' && maySave(queryKey) && dataUpdatedAt > nowMs - maxAgeMs,
  })
  const latest = state.queries
    .sort((a, b) => b.state.dataUpdatedAt - a.state.dataUpdatedAt)
    .slice(0, maxQueries)
    .map((query) => ({ ...query, state: { ...query.state, data: firstPages(query.state.data) } }))
  return { savedAtMs: nowMs, state: { mutations: [], queries: latest } }
}

function firstPages(data: unknown): unknown {
  if (typeof data !== 'object' || data === null || !('pages' in data) || !('pageParams' in data)) return data
  const { pages, pageParams } = data as { pages: unknown[]; pageParams: unknown[] }
  return { ...data, pages: pages.slice(0, maxPages), pageParams: pageParams.slice(0, maxPages) }
}

/** Shows saved data until it is fetched again; true when there was some. */
export async function restoreQueries(
  client: QueryClient,
  storage: EncryptedStorage,
  nowMs = Date.now(),
): Promise<boolean> {
  const kept = await storage.read<SavedQueries>(name)
  if (!kept) return false
  const queries = kept.state.queries.filter(({ state }) => state.dataUpdatedAt > nowMs - maxAgeMs)
  hydrate(client, { mutations: [], queries })
  return queries.length > 0
}

export const deleteSavedQueries = (storage: EncryptedStorage) => storage.write(name, null)

/** Saves from now on, while somebody is signed in. Returns a function that saves at once, before the app is hidden. */
export function saveQueries(
  client: QueryClient,
  storage: EncryptedStorage,
  isHere: () => boolean,
): () => Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const now = () => {
    clearTimeout(timer)
    timer = undefined
    return isHere() ? storage.write(name, queriesToSave(client)) : Promise.resolve()
  }
  client.getQueryCache().subscribe(({ type, query }) => {
    if (type !== 'updated' || !maySave(query.queryKey)) return
    timer ??= setTimeout(() => void now(), saveDelayMs)
  })
  return now
}

/** When the shown data was fetched last; undefined when none was. */
export function lastUpdatedMs(client: QueryClient): number | undefined {
  const times = client
    .getQueryCache()
    .getAll()
    .map(({ state }) => state.dataUpdatedAt)
  const latest = Math.max(0, ...times)
  return latest === 0 ? undefined : latest
}
