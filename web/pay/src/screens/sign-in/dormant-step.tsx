// For who has not signed in for long: a code from their e-mail, since the number may be somebody else's by now.
import type { Problem } from '@bahi/contracts/problem.ts'
import { Button, LinkButton } from '@bahi/web-ui/components/button.tsx'
import { DigitBoxes } from '@bahi/web-ui/components/digit-boxes.tsx'
import { useEffect, useState } from 'react'
import { ProblemNote } from '../../api/problem-states.tsx'
import { useDormantText } from '../../session/dormant-texts.ts'

type DormantStepProps = {
  error: Problem
  busy: boolean
  phone: string
  /** Without a code another one is mailed. */
  onCode: (emailOtp?: string) => void
}

export function DormantStep({ error, busy, phone, onCode }: DormantStepProps) {
  const t = useDormantText()
  const [digits, setDigits] = useState('')
  useEffect(() => setDigits(''), [error])
  const byEmail = error.code !== 'account-dormant' || error.extras.stepUp?.proofs.includes('email') === true
  return (
    <>
      <p className="text-soft">{t(byEmail ? 'dormant.by-email' : 'dormant.no-proof')}</p>
      {byEmail && (
        <form
          className="flex flex-col gap-5"
          onSubmit={(event) => {
            event.preventDefault()
            if (digits.length === 6) onCode(digits)
          }}
        >
          <DigitBoxes
            label={t('dormant.code')}
            length={6}
            value={digits}
            onChange={setDigits}
            onFull={onCode}
            autoFocus
          />
          {(error.code !== 'account-dormant' || error.extras.triesLeft !== undefined) && (
            <ProblemNote error={error} />
          )}
          <Button type="submit" busy={busy} disabled={digits.length < 6} wide>
            {t('action.continue')}
          </Button>
          <Button look="bare" disabled={busy} onClick={() => onCode()}>
            {t('sign-in.code-again')}
          </Button>
        </form>
      )}
      <p className="text-soft">{t('dormant.new-number')}</p>
      <LinkButton to="/register" state={{ phone }} look="quiet" wide>
        {t('dormant.register')}
      </LinkButton>
    </>
  )
}
