// The queries and changes of schedules. All keys begin with `schedules`: the live stream refreshes them together.
import type { Input } from '@bahi/contracts/call.ts'
import {
  changeSchedule,
  endSchedule,
  listSchedules,
  makeSchedule,
  pauseSchedule,
  resumeSchedule,
  showSchedule,
  skipOccurrence,
} from '@bahi/contracts/schedules.ts'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { call } from '../api/client.ts'
import { useIdFor } from '../api/use-id-for.ts'
import { usePages } from '../api/use-pages.ts'

const root = 'schedules'
/** Of every query below. */
export const schedulesKey = [root] as const
/** As many as a person looks at on the home screen. */
const dueCount = 20

export type Shown = 'open' | 'over'

/** Newest first, a page at a time. */
export const useSchedulePages = (show: Shown) =>
  usePages([root, 'pages', show], (page) => call(listSchedules, { querystring: { show, ...page } }))

/** What can be paid now. */
export const useDueSchedules = () =>
  useQuery({
    queryKey: [root, 'due'],
    queryFn: () => call(listSchedules, { querystring: { show: 'due', limit: dueCount } }),
    select: ({ schedules }) => schedules,
  })

export const useSchedule = (id: string) =>
  useQuery({ queryKey: [root, id], queryFn: () => call(showSchedule, { params: { id } }) })

export type Change = { what: 'pause' | 'resume' | 'end' } | { what: 'skip'; number: number }

/** What is shown of schedules changes with the answer. */
export function useChangeSchedule(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (change: Change) => {
      const params = { id }
      if (change.what === 'skip') return call(skipOccurrence, { params, body: { number: change.number } })
      const contracts = { pause: pauseSchedule, resume: resumeSchedule, end: endSchedule }
      return call(contracts[change.what], { params })
    },
    onSettled: () => client.invalidateQueries({ queryKey: schedulesKey }),
  })
}

export function useEditSchedule(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: Input<typeof changeSchedule>['body']) =>
      call(changeSchedule, { params: { id }, body }),
    onSettled: () => client.invalidateQueries({ queryKey: schedulesKey }),
  })
}

export function useMakeSchedule() {
  const client = useQueryClient()
  const idFor = useIdFor()
  return useMutation({
    mutationFn: (body: Input<typeof makeSchedule>['body']) =>
      call(makeSchedule, { params: { id: idFor(body) }, body }),
    onSuccess: () => client.invalidateQueries({ queryKey: schedulesKey }),
  })
}
