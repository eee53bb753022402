// Queries and changes of my profile, my notification preferences and my sessions.
import { changePassword, endOtherSessions, endSession, listSessions } from '@bahi/contracts/auth.ts'
import { changePreferences, showPreferences } from '@bahi/contracts/notification.ts'
import { changeMe } from '@bahi/contracts/user.ts'
import type { Input, Output } from '@bahi/contracts/call.ts'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { call } from '../../api/client.ts'
import { withStepUp } from '../../session/step-up.ts'

export function useChangeProfile() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: Input<typeof changeMe>['body']) =>
      withStepUp((proof) => call(changeMe, { body: { ...body, ...proof } })),
    onSuccess: (profile) => client.setQueryData(['me'], profile),
  })
}

type Preferences = Output<typeof showPreferences>
const preferencesKey = ['preferences']

export const usePreferences = () =>
  useQuery({ queryKey: preferencesKey, queryFn: () => call(showPreferences, {}) })

/** Shown at once, and taken back when it was refused. */
export function useChangePreferences() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: Preferences) =>
      withStepUp((proof) => call(changePreferences, { body: { ...body, ...proof } })),
    async onMutate(wanted) {
      await client.cancelQueries({ queryKey: preferencesKey })
      const before = client.getQueryData<Preferences>(preferencesKey)
      client.setQueryData(preferencesKey, wanted)
      return { before }
    },
    onError: (_error, _wanted, context) => client.setQueryData(preferencesKey, context?.before),
    onSuccess: (now) => client.setQueryData(preferencesKey, now),
  })
}

export type Session = Output<typeof listSessions>['sessions'][number]
const sessionsKey = ['sessions']

/** This one first, then the one that was used last. */
export const useSessions = () =>
  useQuery({
    queryKey: sessionsKey,
    queryFn: async () => sortSessions((await call(listSessions, {})).sessions),
  })

export function sortSessions(sessions: Session[]): Session[] {
  return [...sessions].sort(
    (a, b) => Number(b.current) - Number(a.current) || b.lastUsedAt.localeCompare(a.lastUsedAt),
  )
}

/** Ends one, or all others; one that is over already is no refusal. */
export function useEndSessions() {
  const client = useQueryClient()
  return useMutation({
    async mutationFn(which: { id: string } | 'others') {
      if (which === 'others')
        return void (await withStepUp((proof) => call(endOtherSessions, { body: { ...proof } })))
      await call(endSession, { params: { id: which.id } }).catch((error: { code?: string }) => {
        if (error.code !== 'not-found') throw error
      })
    },
    onSettled: () => client.invalidateQueries({ queryKey: sessionsKey }),
  })
}

/** All other sessions end with it. */
export function useChangePassword() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ old, password }: { old: string; password: string }) =>
      call(changePassword, { body: { stepUp: { password: old }, newPassword: password } }),
    onSuccess: () => client.invalidateQueries({ queryKey: sessionsKey }),
  })
}
