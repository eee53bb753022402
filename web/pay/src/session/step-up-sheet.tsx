// Asks for a proof that it is the person who makes a change: the password, a passkey, or a code to their phone.
import { formatPhone } from '@bahi/contracts/phone.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { proveStepUp, sendStepUpCode } from '@bahi/contracts/step-up.ts'
import { stepUpPurposes, type StepUpPurpose } from '@bahi/contracts/step-up-rules.ts'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { Sheet } from '@bahi/web-ui/components/sheet.tsx'
import { ErrorNote } from '@bahi/web-ui/components/states.tsx'
import { useMe } from '../accounts/my-accounts.ts'
import { call } from '../api/client.ts'
import { ProblemNote } from '../api/problem-states.tsx'
import { useText } from '../language/language.ts'
import { usePasskeyText } from './passkey-texts.ts'
import { OneTimeCodeStep } from './one-time-code-step.tsx'
import { proofByPasskey, useHasPasskey } from './passkey-proof.ts'
import { useStepUp } from './step-up.ts'
import { useOneTimeCode } from './use-one-time-code.ts'

export function StepUpSheet() {
  const t = usePasskeyText()
  const { asked } = useStepUp()
  const [password, setPassword] = useState('')
  const [isByCode, setByCode] = useState(false)
  const needs = asked?.needs
  // One of a newer service is not known here.
  const purpose = stepUpPurposes.find((known) => known === needs?.purpose)
  const takes = (kind: 'code' | 'passkey') => needs?.proofs.includes(kind) === true
  const hasPasskey = useHasPasskey(purpose !== undefined && takes('passkey'))
  const signing = useMutation({
    mutationFn: proofByPasskey,
    onSuccess: (proof) => asked?.answer({ proof }),
  })
  if (!asked) return null
  return (
    <Sheet open onClose={() => asked.answer(undefined)} title={t('step-up.title')}>
      {purpose && takes('code') && isByCode ? (
        <CodeProof purpose={purpose} onProof={(proof) => asked.answer({ proof })} />
      ) : (
        <form
          className="flex flex-col gap-5"
          onSubmit={(event) => {
            event.preventDefault()
            if (password !== '') asked.answer({ password })
          }}
        >
          <p className="text-soft">{t('step-up.text')}</p>
          <Field
            label={t('sign-in.password')}
            type="password"
            autoComplete="current-password"
            autoFocus
            value={password}
            onChange={({ target }) => setPassword(target.value)}
          />
          <ProblemNote
            error={asked.refusal ?? (signing.error instanceof Problem ? signing.error : undefined)}
          />
          {signing.error && !(signing.error instanceof Problem) && (
            <ErrorNote message={t('problem.passkey-wrong')} />
          )}
          <Button type="submit" wide>
            {t('action.continue')}
          </Button>
          {purpose && hasPasskey && (
            <Button look="quiet" wide busy={signing.isPending} onClick={() => signing.mutate(purpose)}>
              {t('step-up.passkey')}
            </Button>
          )}
          {purpose && takes('code') && (
            <Button look="bare" onClick={() => setByCode(true)}>
              {t('stop-payments.by-code')}
            </Button>
          )}
        </form>
      )}
    </Sheet>
  )
}

/** The code is sent once the person has seen to which phone, and exchanged for the proof. */
function CodeProof({ purpose, onProof }: { purpose: StepUpPurpose; onProof: (proof: string) => void }) {
  const t = useText()
  const { data: profile } = useMe()
  const code = useOneTimeCode((language) => call(sendStepUpCode, { body: { purpose, language } }))
  const [isSent, setSent] = useState(false)
  const proving = useMutation({
    mutationFn: (otp: string) => call(proveStepUp, { body: { purpose, otp, ...code.named } }),
    onSuccess: ({ proof }) => onProof(proof),
  })
  const phone = profile?.phone ?? ''
  if (isSent) {
    const onCode = (otp: string) => proving.mutate(otp)
    return <OneTimeCodeStep {...{ phone, code, onCode }} busy={proving.isPending} error={proving.error} />
  }
  return (
    <div className="flex flex-col gap-5">
      <p className="text-soft">{t('step-up.code', { phone: formatPhone(phone) })}</p>
      <ProblemNote error={code.error} />
      <Button
        wide
        busy={code.isSending}
        onClick={() =>
          void code.send(phone).then(
            () => setSent(true),
            () => undefined,
          )
        }
      >
        {t('step-up.send')}
      </Button>
    </div>
  )
}
