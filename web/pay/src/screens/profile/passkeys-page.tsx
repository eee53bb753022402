// My passkeys: what each is and when it was used, another one, and one less.
import {
  addPasskey,
  beginPasskey,
  listPasskeys,
  removePasskey,
  type Passkey,
} from '@bahi/contracts/passkeys.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { canUsePasskeys, makePasskey } from '@bahi/web-ui/browser/passkeys.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Sheet } from '@bahi/web-ui/components/sheet.tsx'
import { ErrorNote, Skeleton } from '@bahi/web-ui/components/states.tsx'
import { formatDay, formatShortMoment } from '@bahi/web-ui/format/dates.ts'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../../api/client.ts'
import { ProblemNote, ProblemState } from '../../api/problem-states.tsx'
import { useLanguage } from '../../language/language.ts'
import { thisDevice } from '../../session/device-id.ts'
import { passkeysKey } from '../../session/passkey-proof.ts'
import { withStepUp } from '../../session/step-up.ts'
import { usePasskeysText } from './passkeys-texts.ts'

export function Component() {
  const t = usePasskeysText()
  const { language } = useLanguage()
  const client = useQueryClient()
  const listed = useQuery({ queryKey: passkeysKey, queryFn: () => call(listPasskeys, {}) })
  const [asked, setAsked] = useState<Passkey>()
  const again = () => client.invalidateQueries({ queryKey: passkeysKey })
  const adding = useMutation({
    async mutationFn() {
      const { options } = await withStepUp((proof) => call(beginPasskey, { body: { ...proof } }))
      const passkey = await makePasskey(options)
      await call(addPasskey, { body: { name: thisDevice().name, passkey } })
    },
    onSuccess: again,
  })
  const removing = useMutation({
    mutationFn: ({ id }: Passkey) =>
      withStepUp((proof) => call(removePasskey, { params: { id }, body: { ...proof } })),
    onSuccess: () => {
      setAsked(undefined)
      return again()
    },
  })
  const { data } = listed
  const canAdd = data?.isOffered === true && canUsePasskeys()
  return (
    <Page title={t('profile.passkeys')} back="/profile">
      <p className="text-soft">{t('passkeys.about')}</p>
      {listed.isPending && <Skeleton />}
      {listed.error && !data && <ProblemState error={listed.error} again={() => void listed.refetch()} />}
      {data?.passkeys.length === 0 && <p>{t('passkeys.none')}</p>}
      {data && (
        <ul className="flex flex-col gap-2">
          {data.passkeys.map((passkey) => (
            <li
              key={passkey.id}
              className="flex flex-wrap items-center gap-3 rounded-card border border-line bg-card p-4"
            >
              <div className="min-w-0 flex-1 basis-44">
                <p className="truncate font-semibold">{passkey.name}</p>
                <p className="text-sm text-soft">
                  {[
                    t('passkeys.added', { at: formatDay(language, passkey.createdAt) }),
                    passkey.lastUsedAt &&
                      t('passkeys.used', { at: formatShortMoment(language, passkey.lastUsedAt) }),
                    passkey.isSynced && t('passkeys.synced'),
                    passkey.isSecondFactor && t('passkeys.staff'),
                  ]
                    .filter(Boolean)
                    .join(' · ')}
                </p>
              </div>
              <Button
                look="quiet"
                className="ml-auto px-4"
                aria-label={t('passkeys.remove-one', { name: passkey.name })}
                onClick={() => {
                  removing.reset()
                  setAsked(passkey)
                }}
              >
                {t('passkeys.remove')}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {data && !canAdd && <p className="text-wait">{t('passkeys.not-here')}</p>}
      {adding.error && !(adding.error instanceof Problem) ? (
        <ErrorNote message={t('passkeys.failed')} />
      ) : (
        <ProblemNote error={adding.error} />
      )}
      <Button wide busy={adding.isPending} disabled={!canAdd} onClick={() => adding.mutate()}>
        {t('passkeys.add')}
      </Button>
      <Sheet open={asked !== undefined} onClose={() => setAsked(undefined)} title={asked?.name ?? ''}>
        <p>{t('passkeys.remove-text')}</p>
        <ProblemNote error={removing.error} />
        <Button wide busy={removing.isPending} onClick={() => asked && removing.mutate(asked)}>
          {t('passkeys.remove')}
        </Button>
      </Sheet>
    </Page>
  )
}
