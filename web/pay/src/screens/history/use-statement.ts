// A statement that is made by the service: asked for, looked at until it is ready, and saved as a file.
import type { Input } from '@bahi/contracts/call.ts'
import { makeStatement, showStatement, type StatementView } from '@bahi/contracts/statements.ts'
import { saveFile } from '@bahi/web-ui/browser/save-file.ts'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { call, fetchFile } from '../../api/client.ts'
import { pollAfterMs } from '../../api/query-client.ts'
import { useIdFor } from '../../api/use-id-for.ts'

const firstPollMs = 1_000

/** After a lost answer the same one is asked for; after an answer another one. */
export function useMakeStatement() {
  const idFor = useIdFor()
  const [count, setCount] = useState(0)
  return useMutation({
    mutationFn: (body: Input<typeof makeStatement>['body']) =>
      call(makeStatement, { params: { id: idFor({ count, body }) }, body }),
    onSuccess: () => setCount(count + 1),
  })
}

/** Asked for again until it is ready, less and less often. */
export const useStatement = (made: StatementView | undefined) =>
  useQuery({
    queryKey: ['statements', made?.id],
    queryFn: () => call(showStatement, { params: { id: made!.id } }),
    enabled: made !== undefined,
    initialData: made,
    initialDataUpdatedAt: 0,
    refetchInterval: ({ state }) =>
      state.data?.status === 'waiting' ? pollAfterMs(firstPollMs, state.dataUpdateCount) : false,
  })

export const useSaveStatement = () =>
  useMutation({
    mutationFn: async ({ id, fromOn, toOn, format }: StatementView) =>
      saveFile(await fetchFile(`/v1/statements/${id}/file`), `bahi-${fromOn}-${toOn}.${format}`),
  })
