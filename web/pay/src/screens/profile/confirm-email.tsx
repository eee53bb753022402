// Says that a new e-mail address waits for its code, and takes the code.
import { confirmEmail, resendEmailCode } from '@bahi/contracts/user.ts'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { DigitBoxes } from '@bahi/web-ui/components/digit-boxes.tsx'
import { Sheet } from '@bahi/web-ui/components/sheet.tsx'
import { call } from '../../api/client.ts'
import { ProblemNote } from '../../api/problem-states.tsx'
import { useEmailText } from './email-texts.ts'

export function ConfirmEmail({ address }: { address: string }) {
  const t = useEmailText()
  const [isOpen, setOpen] = useState(false)
  return (
    <section className="flex flex-wrap items-center gap-3 rounded-card bg-wait-tint p-4 text-wait">
      <p className="min-w-0 flex-1 basis-60 wrap-anywhere">{t('email.waits', { address })}</p>
      <Button look="quiet" onClick={() => setOpen(true)}>
        {t('email.enter')}
      </Button>
      <Sheet open={isOpen} onClose={() => setOpen(false)} title={t('email.title')}>
        <CodeForm address={address} />
      </Sheet>
    </section>
  )
}

/** Once the code was right nothing waits any more, and this is gone. */
function CodeForm({ address }: { address: string }) {
  const t = useEmailText()
  const client = useQueryClient()
  const [digits, setDigits] = useState('')
  const confirming = useMutation({
    mutationFn: (otp: string) => call(confirmEmail, { body: { otp } }),
    onSuccess: (profile) => client.setQueryData(['me'], profile),
    onError: () => setDigits(''),
  })
  const resending = useMutation({ mutationFn: () => call(resendEmailCode, {}) })
  return (
    <form
      className="flex flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault()
        if (digits.length === 6) confirming.mutate(digits)
      }}
    >
      <p className="text-soft wrap-anywhere">{t('email.sent', { address })}</p>
      <DigitBoxes
        label={t('email.code')}
        length={6}
        value={digits}
        onChange={setDigits}
        onFull={(otp) => confirming.mutate(otp)}
        autoFocus
      />
      <ProblemNote error={confirming.error ?? resending.error} />
      <Button type="submit" busy={confirming.isPending} disabled={digits.length < 6} wide>
        {t('action.continue')}
      </Button>
      <Button look="bare" busy={resending.isPending} onClick={() => resending.mutate()}>
        {t(resending.isSuccess ? 'email.sent-again' : 'email.again')}
      </Button>
    </form>
  )
}
