// Signs staff in with phone and password; a browser that is new needs the code from the phone as well.
import { login, requestOtp } from '@bahi/contracts/auth.ts'
import { parsePhone } from '@bahi/contracts/phone.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { readInbox } from '@bahi/contracts/sandbox.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { CenteredPage } from '@bahi/web-ui/components/centered-page.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { Navigate, useLocation } from 'react-router'
import { callPublic } from '../../api/client.ts'
import { ProblemNote } from '../../api/problems.tsx'
import { Preferences } from '../../components/preferences.tsx'
import { useLanguage, useText } from '../../language/language.ts'
import { signIn, thisDevice, useSession } from '../../session/session.ts'

type Form = { phone: string; password: string; otp: string }

/** The phone was reported as disconnected, and a code was mailed. */
const isMailed = (error: unknown) =>
  error instanceof Problem &&
  error.code === 'phone-revoked' &&
  error.extras.stepUp?.proofs.includes('email') === true

export function Component() {
  const t = useText()
  const { language } = useLanguage()
  const { signedIn, ended } = useSession()
  const given = useLocation().state as { returnTo?: string } | null
  /** The code from the phone, or where the phone proves nothing, the one from the e-mail. */
  const [asked, setAsked] = useState<{ otpId: string } | 'by-email'>()
  const form = useForm<Form>({ defaultValues: { phone: '', password: '', otp: '' } })
  const { errors } = form.formState
  const signing = useMutation({
    mutationFn: async ({ password, otp, ...typed }: Form) => {
      const phone = parsePhone(typed.phone)!
      const device = thisDevice()
      const code = asked === 'by-email' ? { emailOtp: otp } : asked ? { otp, ...asked } : {}
      try {
        signIn(await callPublic(login, { body: { phone, password, device, ...code } }))
      } catch (error) {
        if (asked === undefined && isMailed(error)) return setAsked('by-email')
        if (!(error instanceof Problem) || error.code !== 'otp-required') throw error
        const body = { phone, purpose: 'sign-in', language } as const
        setAsked({ otpId: (await callPublic(requestOtp, { body })).id })
      }
    },
  })
  // A sandbox's phone is an inbox that all may read; elsewhere there is none.
  const reading = useMutation({
    mutationFn: async () => {
      const to = parsePhone(form.getValues('phone'))!
      const { messages } = await callPublic(readInbox, { querystring: { to, limit: 10 } })
      const code = messages.map(({ text }) => /\b(\d{6})\b/.exec(text)?.[1]).find(Boolean)
      if (code) form.setValue('otp', code)
    },
  })
  if (signedIn) return <Navigate to={given?.returnTo ?? '/'} replace />
  return (
    <CenteredPage>
      <Page title={t('sign-in.title')}>
        <p className="text-soft">{t(ended ? 'sign-in.idle' : 'sign-in.about')}</p>
        <form
          noValidate
          className="flex flex-col gap-5"
          onSubmit={(event) => void form.handleSubmit((typed) => signing.mutate(typed))(event)}
        >
          <Field
            label={t('sign-in.phone')}
            fault={errors.phone && t('sign-in.phone-wrong')}
            before="+91"
            type="tel"
            autoComplete="username"
            {...form.register('phone', { validate: (typed) => parsePhone(typed) !== undefined })}
          />
          <Field
            label={t('sign-in.password')}
            fault={errors.password && t('sign-in.password-wrong')}
            type="password"
            autoComplete="current-password"
            {...form.register('password', { required: true })}
          />
          {asked !== undefined && (
            <>
              <Field
                label={t('sign-in.code')}
                hint={t(asked === 'by-email' ? 'sign-in.code-mailed' : 'sign-in.code-sent')}
                fault={errors.otp && t('sign-in.code-wrong')}
                inputMode="numeric"
                autoComplete="one-time-code"
                {...form.register('otp', { pattern: /^\d{6}$/, required: true })}
              />
              {asked !== 'by-email' && (
                <Button look="quiet" busy={reading.isPending} onClick={() => reading.mutate()}>
                  {t('sign-in.code-sandbox')}
                </Button>
              )}
            </>
          )}
          <ProblemNote error={signing.error ?? reading.error} />
          <Button type="submit" busy={signing.isPending} wide>
            {t('sign-in.action')}
          </Button>
        </form>
        <div className="flex gap-2">
          <Preferences />
        </div>
      </Page>
    </CenteredPage>
  )
}
