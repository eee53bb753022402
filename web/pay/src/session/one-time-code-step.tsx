// The step in which the code from the phone is typed: six boxes, a new code after a while, the inbox of a sandbox.
import { Problem } from '@bahi/contracts/problem.ts'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useText } from '../language/language.ts'
import { formatPhone } from '@bahi/contracts/phone.ts'
import { codeFromInbox, useIsSandbox } from '../sandbox/sandbox.ts'
import type { useOneTimeCode } from './use-one-time-code.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { DigitBoxes } from '@bahi/web-ui/components/digit-boxes.tsx'
import { ProblemNote } from '../api/problem-states.tsx'

type CodeStepProps = {
  phone: string
  code: ReturnType<typeof useOneTimeCode>
  busy: boolean
  error: unknown
  onCode: (digits: string) => void
  /** The number was typed a moment ago and may be wrong. */
  onChangePhone?: () => void
}

export function OneTimeCodeStep({ phone, code, busy, error, onCode, onChangePhone }: CodeStepProps) {
  const t = useText()
  const [digits, setDigits] = useState('')
  const isSandbox = useIsSandbox()
  // A wrong code is typed anew; one that could not be sent is still there.
  useEffect(() => {
    if (error instanceof Problem && error.code === 'otp-wrong') setDigits('')
  }, [error])
  // There the phone is an inbox that all may read.
  const reading = useMutation({
    mutationFn: () => codeFromInbox(phone),
    onSuccess: (found) => {
      if (found === undefined) return
      setDigits(found)
      onCode(found)
    },
  })
  return (
    <form
      className="flex flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault()
        if (digits.length === 6) onCode(digits)
      }}
    >
      <p className="text-soft">
        {t('sign-in.code-sent', { phone: formatPhone(phone) })}{' '}
        {onChangePhone && (
          <button
            type="button"
            onClick={onChangePhone}
            className="min-h-11 font-semibold text-accent hover:underline"
          >
            {t('sign-in.change-number')}
          </button>
        )}
      </p>
      <DigitBoxes
        label={t('sign-in.code')}
        length={6}
        value={digits}
        onChange={setDigits}
        onFull={onCode}
        autoFocus
      />
      <ProblemNote error={error ?? code.error ?? reading.error} />
      <Button
        type="submit"
        look={isSandbox && digits.length < 6 ? 'quiet' : 'main'}
        busy={busy}
        disabled={digits.length < 6}
        wide
      >
        {t('action.continue')}
      </Button>
      {isSandbox && (
        <div className="flex flex-col gap-3 rounded-card bg-tint p-5">
          <p>{t('sign-in.code-sandbox')}</p>
          <Button wide busy={reading.isPending} onClick={() => reading.mutate()}>
            {t('sign-in.code-inbox')}
          </Button>
          {/* Beside it: what was typed here stays. */}
          <a
            href={`/developer?show=inbox&to=${encodeURIComponent(phone)}`}
            target="_blank"
            rel="noopener"
            className="flex min-h-11 items-center justify-center font-semibold text-accent hover:underline"
          >
            {t('sign-in.open-inbox')}
          </a>
        </div>
      )}
      <Button
        look="bare"
        className="self-start px-0!"
        disabled={code.waitS > 0}
        busy={code.isSending}
        onClick={() => void code.send(phone)}
      >
        {code.waitS > 0 ? t('sign-in.code-again-in', { count: code.waitS }) : t('sign-in.code-again')}
      </Button>
    </form>
  )
}
