// Keeps the language in step with the profile: a choice made here is sent to it, one made elsewhere applies here.
import { changeMe, me } from '@bahi/contracts/user.ts'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { call } from '../api/client.ts'
import { chooseLanguage, languageUnsent, useLanguage } from './language.ts'
import { useOnline } from '@bahi/web-ui/browser/online.ts'

export function useProfileLanguage(): void {
  const client = useQueryClient()
  const { language } = useLanguage()
  const isOnline = useOnline()
  // Looks at what the screens ask for, and asks nothing itself.
  const { data: profile } = useQuery({ queryKey: ['me'], queryFn: () => call(me, {}), enabled: false })
  const ofProfile = profile?.language
  useEffect(() => {
    if (ofProfile === undefined) return
    if (!languageUnsent.get()) {
      if (ofProfile !== useLanguage.getState().language) void chooseLanguage(ofProfile, 'profile')
      return
    }
    if (ofProfile === language) return languageUnsent.set(false)
    if (!isOnline) return
    void call(changeMe, { body: { language } }).then(
      (changed) => {
        languageUnsent.set(useLanguage.getState().language !== changed.language)
        client.setQueryData(['me'], changed)
      },
      () => undefined,
    )
  }, [ofProfile, language, isOnline, client])
}
