// Signs in with phone and password; a device that is new needs the code from the phone as well, or where the phone
// proves nothing the one from the e-mail.
import { login } from '@bahi/contracts/auth.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useLocation, useNavigate } from 'react-router'
import { callPublic } from '../../api/client.ts'
import { thisDevice } from '../../session/device-id.ts'
import { useText } from '../../language/language.ts'
import { signIn, useSession } from '../../session/session.ts'
import { Button, LinkButton } from '@bahi/web-ui/components/button.tsx'
import { CenteredPage } from '@bahi/web-ui/components/centered-page.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { ProblemNote } from '../../api/problem-states.tsx'
import { OneTimeCodeStep } from '../../session/one-time-code-step.tsx'
import { parsePhone } from '@bahi/contracts/phone.ts'
import { useCodeStep } from '../../session/use-code-step.ts'
import { useOneTimeCode } from '../../session/use-one-time-code.ts'
import { EmailCodeStep } from './email-code-step.tsx'

type Form = { phone: string; password: string }
type Attempt = Form & { otp?: string; emailOtp?: string }

export function Component() {
  const t = useText()
  const navigate = useNavigate()
  const location = useLocation()
  const { returnTo } = useSession()
  const code = useOneTimeCode('sign-in')
  const [needsCode, setNeedsCode] = useState<Form>()
  /** Refused because the number was reported as disconnected. */
  const [revoked, setRevoked] = useState<{ attempt: Attempt; error: Problem }>()
  const step = useCodeStep()
  const given = location.state as { returnTo?: string; phone?: string } | null
  const form = useForm<Form>({ defaultValues: { phone: given?.phone ?? '', password: '' } })
  const { errors } = form.formState
  const back = given?.returnTo ?? returnTo ?? '/'
  const signing = useMutation({
    mutationFn: ({ phone, password, ...codes }: Attempt) => {
      const body = { phone: parsePhone(phone)!, password, device: thisDevice(), ...codes }
      return callPublic(login, { body: codes.otp === undefined ? body : { ...body, ...code.named } })
    },
    onError: (error, attempt) => {
      if (error instanceof Problem && (error.code === 'phone-revoked' || revoked))
        setRevoked({ attempt, error })
    },
    onSuccess: (tokens) => {
      signIn(tokens)
      void navigate(back, { replace: true })
    },
  })
  async function submit(values: Form) {
    setRevoked(undefined)
    try {
      await signing.mutateAsync(values)
    } catch (error) {
      if (!(error instanceof Problem)) return
      if (error.code === 'phone-revoked') return step.open()
      if (error.code !== 'otp-required') return
      await code.send(parsePhone(values.phone)!)
      setNeedsCode(values)
      step.open()
    }
  }
  if (step.isOpen && revoked) {
    const { emailOtp: _before, ...attempt } = revoked.attempt
    return (
      <CenteredPage>
        <Page title={t('sign-in.code-title')} back="/sign-in">
          <EmailCodeStep
            because="phone-revoked"
            error={revoked.error}
            busy={signing.isPending}
            phone={attempt.phone}
            onCode={(emailOtp) => signing.mutate(emailOtp === undefined ? attempt : { ...attempt, emailOtp })}
          />
        </Page>
      </CenteredPage>
    )
  }
  if (step.isOpen && needsCode) {
    const refused =
      signing.error instanceof Problem && signing.error.code === 'otp-required' ? undefined : signing.error
    return (
      <CenteredPage>
        <Page title={t('sign-in.code-title')} back="/sign-in">
          <p>{t('sign-in.new-device')}</p>
          <OneTimeCodeStep
            phone={parsePhone(needsCode.phone)!}
            code={code}
            busy={signing.isPending}
            error={refused}
            onCode={(otp) => signing.mutate({ ...needsCode, otp })}
            onChangePhone={step.close}
          />
        </Page>
      </CenteredPage>
    )
  }
  const shown =
    signing.error instanceof Problem && signing.error.code === 'otp-required' ? code.error : signing.error
  return (
    <CenteredPage>
      <Page title={t('sign-in.title')} back="/welcome">
        <form
          noValidate
          className="flex flex-col gap-5"
          onSubmit={(event) => void form.handleSubmit(submit)(event)}
        >
          <Field
            label={t('sign-in.phone')}
            fault={errors.phone && t('sign-in.phone-wrong')}
            before="+91"
            type="tel"
            inputMode="tel"
            autoComplete="username"
            {...form.register('phone', { validate: (typed) => parsePhone(typed) !== undefined })}
          />
          <Field
            label={t('sign-in.password')}
            fault={errors.password && t('sign-in.password-wrong')}
            type="password"
            autoComplete="current-password"
            {...form.register('password', { minLength: 1 })}
          />
          <ProblemNote error={shown} />
          <Button type="submit" busy={signing.isPending || code.isSending} wide>
            {t('sign-in.title')}
          </Button>
          <LinkButton to="/forgot-password" state={{ phone: form.watch('phone') }} look="bare">
            {t('forgot.link')}
          </LinkButton>
          <LinkButton to="/stop-payments" look="bare">
            {t('stop-payments.link')}
          </LinkButton>
        </form>
      </Page>
    </CenteredPage>
  )
}
