// A code from the e-mail, for who has not signed in for long or whose number was reported as disconnected: it may be
// somebody else's by now.
import type { Problem } from '@bahi/contracts/problem.ts'
import { Button, LinkButton } from '@bahi/web-ui/components/button.tsx'
import { DigitBoxes } from '@bahi/web-ui/components/digit-boxes.tsx'
import { useEffect, useState } from 'react'
import { ProblemNote } from '../../api/problem-states.tsx'
import { useDormantText } from '../../session/dormant-texts.ts'

/** Why the number is not enough, by the problem that says so. */
const reasons = { 'account-dormant': 'dormant', 'phone-revoked': 'revoked' } as const

type EmailCodeStepProps = {
  because: keyof typeof reasons
  error: Problem
  busy: boolean
  phone: string
  /** Without a code another one is mailed. */
  onCode: (emailOtp?: string) => void
}

export function EmailCodeStep({ because, error, busy, phone, onCode }: EmailCodeStepProps) {
  const t = useDormantText()
  const [digits, setDigits] = useState('')
  useEffect(() => setDigits(''), [error])
  const reason = reasons[because]
  const byEmail = error.code !== because || error.extras.stepUp?.proofs.includes('email') === true
  return (
    <>
      <p className="text-soft">{t(`${reason}.${byEmail ? 'by-email' : 'no-proof'}`)}</p>
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
          {(error.code !== because || error.extras.triesLeft !== undefined) && <ProblemNote error={error} />}
          <Button type="submit" busy={busy} disabled={digits.length < 6} wide>
            {t('action.continue')}
          </Button>
          <Button look="bare" disabled={busy} onClick={() => onCode()}>
            {t('sign-in.code-again')}
          </Button>
        </form>
      )}
      {reason === 'dormant' && (
        <>
          <p className="text-soft">{t('dormant.new-number')}</p>
          <LinkButton to="/register" state={{ phone }} look="quiet" wide>
            {t('dormant.register')}
          </LinkButton>
        </>
      )}
    </>
  )
}
