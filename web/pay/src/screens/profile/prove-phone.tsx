// Says that the number is on a list of disconnected numbers, and shows by a code that it is the person's still.
import { formatPhone } from '@bahi/contracts/phone.ts'
import { istDateOf } from '@bahi/contracts/recurrence.ts'
import { provePhone, sendPhoneCode, showPhone } from '@bahi/contracts/revoked-numbers.ts'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { serverNow } from '@bahi/web-ui/api/clock.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { formatDay } from '@bahi/web-ui/format/dates.ts'
import { call } from '../../api/client.ts'
import { ProblemNote } from '../../api/problem-states.tsx'
import { useLanguage } from '../../language/language.ts'
import { OneTimeCodeStep } from '../../session/one-time-code-step.tsx'
import { useOneTimeCode } from '../../session/use-one-time-code.ts'
import { usePhoneText } from './phone-texts.ts'

/** Nothing while no list has the number. */
export function ProvePhone() {
  const t = usePhoneText()
  const { language } = useLanguage()
  const client = useQueryClient()
  const code = useOneTimeCode((language) => call(sendPhoneCode, { body: { language } }))
  const [isSent, setSent] = useState(false)
  const { data: own } = useQuery({ queryKey: ['phone'], queryFn: () => call(showPhone, {}) })
  const proving = useMutation({
    mutationFn: (otp: string) => call(provePhone, { body: { otp, ...code.named } }),
    onSuccess: () => client.invalidateQueries(),
  })
  if (proving.isSuccess)
    return (
      <section role="status" className="flex flex-col gap-1 rounded-card bg-good-tint p-4">
        <h2 className="font-semibold">{t('phone.proven')}</h2>
        <p className="text-soft">{t('phone.proven-text')}</p>
      </section>
    )
  if (own?.revokedOn === undefined) return null
  if (isSent)
    return (
      <OneTimeCodeStep
        phone={own.phone}
        code={code}
        busy={proving.isPending}
        error={proving.error}
        onCode={(otp) => proving.mutate(otp)}
        onChangePhone={() => setSent(false)}
      />
    )
  const from = istDateOf(new Date(own.provableFrom!))
  const isEarly = istDateOf(new Date(serverNow())) < from
  return (
    <section className="flex flex-col gap-3 rounded-card bg-bad-tint p-4">
      <p className="font-semibold">
        {t('phone.revoked', { phone: formatPhone(own.phone), day: formatDay(language, own.revokedOn) })}
      </p>
      <p className="text-soft">{t('phone.revoked-then')}</p>
      {!own.deviceProves ? (
        <p>{t('phone.prove-elsewhere')}</p>
      ) : isEarly ? (
        <p>{t('phone.prove-later', { day: formatDay(language, from) })}</p>
      ) : (
        <Button
          busy={code.isSending}
          onClick={() =>
            void code.send(own.phone).then(
              () => setSent(true),
              () => undefined,
            )
          }
        >
          {t('phone.prove')}
        </Button>
      )}
      <ProblemNote error={code.error} />
      <p className="text-soft">{t('phone.or-change')}</p>
    </section>
  )
}
