// A statement that is made by the service: asked for, looked at until it is ready, and saved as a file. Those that were
// made are in the encrypted storage of this device for as long as their files can be saved.
import type { Input } from '@bahi/contracts/call.ts'
import { rulesAt } from '@bahi/contracts/rules.ts'
import {
  makeStatement,
  showStatement,
  statementRules,
  type StatementView,
} from '@bahi/contracts/statements.ts'
import { serverNow } from '@bahi/web-ui/api/clock.ts'
import { saveFile } from '@bahi/web-ui/browser/save-file.ts'
import { useMutation, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { call, fetchFile } from '../../api/client.ts'
import { pollAfterMs } from '../../api/query-client.ts'
import { useIdFor } from '../../api/use-id-for.ts'
import { storage } from '../../storage/storage.ts'

const firstPollMs = 1_000
const name = 'statements'
/** As many as a person looks at. */
const maxStored = 10
const stored = {
  queryKey: ['statements', 'stored'],
  queryFn: async () => (await storage.read<StatementView[]>(name)) ?? [],
  staleTime: Infinity,
  networkMode: 'always',
} as const

/** Until when its file can be saved; of one that is not ready yet at least. */
export function savableUntil({ createdAt, expiresAt }: StatementView): string {
  const { keepHours } = rulesAt(statementRules, new Date(createdAt))
  return expiresAt ?? new Date(Date.parse(createdAt) + keepHours * 3_600_000).toISOString()
}

/** Newest first: what was made on this device, and can be saved still. */
export const useStoredStatements = () =>
  useQuery({
    ...stored,
    select: (all: StatementView[]) => all.filter((one) => Date.parse(savableUntil(one)) > serverNow()),
  })

/** In the place of what was known of it. */
async function storeStatement(client: QueryClient, statement: StatementView): Promise<void> {
  const all = await client.ensureQueryData(stored)
  const isKnown = all.some(({ id }) => id === statement.id)
  const next = isKnown
    ? all.map((one) => (one.id === statement.id ? statement : one))
    : [statement, ...all].slice(0, maxStored)
  client.setQueryData(stored.queryKey, next)
  // Where nothing can be stored it is shown until the app is closed.
  await storage.write(name, next).catch(() => undefined)
}

/** After a lost answer the same one is asked for; after an answer another one. */
export function useMakeStatement() {
  const idFor = useIdFor()
  const client = useQueryClient()
  const [count, setCount] = useState(0)
  return useMutation({
    mutationFn: (body: Input<typeof makeStatement>['body']) =>
      call(makeStatement, { params: { id: idFor({ count, body }) }, body }),
    onSuccess: (made) => {
      setCount(count + 1)
      return storeStatement(client, made)
    },
  })
}

/** Asked for again until it is ready, less and less often. */
export function useStatement(made: StatementView) {
  const client = useQueryClient()
  return useQuery({
    queryKey: ['statements', made.id],
    queryFn: async () => {
      const now = await call(showStatement, { params: { id: made.id } })
      if (now.status !== 'waiting') await storeStatement(client, now)
      return now
    },
    enabled: made.status === 'waiting',
    initialData: made,
    initialDataUpdatedAt: 0,
    refetchInterval: ({ state }) =>
      state.data?.status === 'waiting' ? pollAfterMs(firstPollMs, state.dataUpdateCount) : false,
  })
}

export const useSaveStatement = () =>
  useMutation({
    mutationFn: async ({ id, fromOn, toOn, format }: StatementView) =>
      saveFile(await fetchFile(`/v1/statements/${id}/file`), `bahi-${fromOn}-${toOn}.${format}`),
  })
