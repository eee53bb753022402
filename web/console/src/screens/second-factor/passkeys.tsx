// Passkeys as a second factor: one proves it by a touch, and is added and removed once it was proven.
import {
  addPasskey,
  beginPasskey,
  challengePasskey,
  listPasskeys,
  removePasskey,
} from '@bahi/contracts/passkeys.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { proveSecondFactor } from '@bahi/contracts/second-factor.ts'
import { canUsePasskeys, makePasskey, signByPasskey } from '@bahi/web-ui/browser/passkeys.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { ErrorNote } from '@bahi/web-ui/components/states.tsx'
import { formatMoment } from '@bahi/web-ui/format/dates.ts'
import { useMutation, useQuery } from '@tanstack/react-query'
import { call } from '../../api/client.ts'
import { useAgain } from '../../api/use-again.ts'
import { ProblemNote } from '../../api/problems.tsx'
import { ReasonButton } from '../../components/reason-form.tsx'
import { useLanguage, useText } from '../../language/language.ts'

const key = ['passkeys'] as const

/** What the browser refuses is no problem of the service's: most often it was left at that. */
function Failed({ error }: { error: unknown }) {
  const t = useText()
  if (error === null || error === undefined) return null
  return error instanceof Problem ? (
    <ProblemNote error={error} />
  ) : (
    <ErrorNote message={t('passkeys.failed')} />
  )
}

export function ProveByPasskey({ onProven }: { onProven: () => void }) {
  const t = useText()
  const proving = useMutation({
    async mutationFn() {
      const { options } = await call(challengePasskey, { body: { purpose: 'second-factor' } })
      await call(proveSecondFactor, { body: { passkey: await signByPasskey(options) } })
    },
    onSuccess: onProven,
  })
  return (
    <>
      <Button busy={proving.isPending} onClick={() => proving.mutate()} wide>
        {t('passkeys.use')}
      </Button>
      <Failed error={proving.error} />
    </>
  )
}

export function OwnPasskeys() {
  const t = useText()
  const { language } = useLanguage()
  const { data } = useQuery({ queryKey: key, queryFn: () => call(listPasskeys, {}) })
  const again = useAgain(key)
  const adding = useMutation({
    mutationFn: async ({ name, options }: { name: string; options: Record<string, unknown> }) =>
      call(addPasskey, { body: { name, passkey: await makePasskey(options) } }),
    onSuccess: again,
  })
  if (!data?.isOffered) return null
  return (
    <>
      <h2 className="text-lg font-bold">{t('passkeys.title')}</h2>
      <ul className="flex flex-col gap-2">
        {data.passkeys.map(({ id, name, createdAt, isSecondFactor }) => (
          <li key={id} className="flex flex-wrap items-center gap-3">
            <span className="min-w-0 flex-1 truncate">
              {name} · {formatMoment(language, createdAt)}
              {!isSecondFactor && ` · ${t('passkeys.not-factor')}`}
            </span>
            <ReasonButton
              text={t('passkeys.remove', { name })}
              asks={['password']}
              onGive={({ password }) =>
                call(removePasskey, { params: { id }, body: { stepUp: { password } } }).then(again)
              }
            />
          </li>
        ))}
      </ul>
      {canUsePasskeys() ? (
        <ReasonButton
          text={t('passkeys.add')}
          asks={['password']}
          about={t('passkeys.about')}
          onGive={({ password }) =>
            call(beginPasskey, { body: { stepUp: { password } } }).then(({ options }) =>
              adding.mutate({ name: t('passkeys.name'), options }),
            )
          }
        />
      ) : (
        <p className="text-soft">{t('passkeys.not-here')}</p>
      )}
      <Failed error={adding.error} />
    </>
  )
}
