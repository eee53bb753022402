// A statement that is made by the service: asked for, looked at until it is ready, and saved as a file.
import type { Input } from '@bahi/contracts/call.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { makeStatement, showStatement, type StatementView } from '@bahi/contracts/statements.ts'
import { useMutation, useQuery } from '@tanstack/react-query'
import { call, fetchFile } from '../../api/client.ts'
import { serverNow } from '../../api/clock.ts'

const pollMs = 1_000

export const useMakeStatement = () =>
  useMutation({
    mutationFn: (body: Input<typeof makeStatement>['body']) =>
      call(makeStatement, { params: { id: uuidv7(serverNow()) }, body }),
  })

/** Asked for again until it is ready. */
export const useStatement = (made: StatementView | undefined) =>
  useQuery({
    queryKey: ['statements', made?.id],
    queryFn: () => call(showStatement, { params: { id: made!.id } }),
    enabled: made !== undefined,
    initialData: made,
    initialDataUpdatedAt: 0,
    refetchInterval: ({ state }) => (state.data?.status === 'waiting' ? pollMs : false),
  })

export const useSaveStatement = () =>
  useMutation({
    mutationFn: async ({ id, fromOn, toOn, format }: StatementView) => {
      const blob = await fetchFile(`/v1/statements/${id}/file`)
      const link = document.createElement('a')
      link.href = URL.createObjectURL(blob)
      link.download = `bahi-${fromOn}-${toOn}.${format}`
      link.click()
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
    },
  })
