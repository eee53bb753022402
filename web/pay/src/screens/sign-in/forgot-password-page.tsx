// Resets a forgotten password: the number and a new password, then the code from the phone, which signs in as well.
import { resetPassword } from '@bahi/contracts/auth.ts'
import { formatPhone, parsePhone } from '@bahi/contracts/phone.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useLocation, useNavigate } from 'react-router'
import { Button, LinkButton } from '@bahi/web-ui/components/button.tsx'
import { CenteredPage } from '@bahi/web-ui/components/centered-page.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Note } from '@bahi/web-ui/components/states.tsx'
import { callPublic } from '../../api/client.ts'
import { ProblemNote } from '../../api/problem-states.tsx'
import { problemText } from '../../api/problem-text.ts'
import { useLanguage, useText } from '../../language/language.ts'
import { thisDevice } from '../../session/device-id.ts'
import { OneTimeCodeStep } from '../../session/one-time-code-step.tsx'
import { weaknessIn } from '../../session/password-weakness.ts'
import { signIn } from '../../session/session.ts'
import { useCodeStep } from '../../session/use-code-step.ts'
import { useOneTimeCode } from '../../session/use-one-time-code.ts'
import { EmailCodeStep } from './email-code-step.tsx'

type Form = { phone: string; password: string }

export function Component() {
  const t = useText()
  const { language } = useLanguage()
  const navigate = useNavigate()
  const given = useLocation().state as { phone?: string } | null
  const code = useOneTimeCode('reset-password')
  const step = useCodeStep()
  const [asked, setAsked] = useState<Form>()
  /** The code from the phone, once it was right: a code from the mail is needed too. */
  const [dormant, setDormant] = useState<{ otp: string; error: Problem }>()
  const form = useForm<Form>({ defaultValues: { phone: given?.phone ?? '', password: '' } })
  const { errors } = form.formState
  const resetting = useMutation({
    mutationFn: (otps: { otp: string; emailOtp?: string }) => {
      const { phone, password: newPassword } = asked!
      const body = { phone: parsePhone(phone)!, newPassword, device: thisDevice(), ...otps, ...code.named }
      return callPublic(resetPassword, { body })
    },
    onSuccess: (tokens) => {
      signIn(tokens)
      void navigate('/', { replace: true })
    },
    onError: (error, { otp }) => {
      if (!(error instanceof Problem)) return
      // It took too long: the code from the phone is asked for anew.
      if (error.code === 'otp-wrong') setDormant(undefined)
      else if (error.code === 'account-dormant' || dormant) setDormant({ otp, error })
      if (error.code !== 'password-weak') return
      // Refused by the name, which only the service knows; the code is still good.
      form.setError('password', { message: problemText(error, t) })
      step.close()
    },
  })
  const submit = async (values: Form) => {
    const phone = parsePhone(values.phone)!
    const weakness = await weaknessIn(values.password, { phone }, language)
    if (weakness !== undefined)
      return form.setError('password', { message: t('sign-in.password-weak', { why: weakness }) })
    resetting.reset()
    setDormant(undefined)
    await code.send(phone)
    setAsked(values)
    step.open()
  }
  if (step.isOpen && asked) {
    const isUnknown = resetting.error instanceof Problem && resetting.error.code === 'credentials-wrong'
    return (
      <CenteredPage>
        <Page title={t('sign-in.code-title')} back="/forgot-password">
          {isUnknown ? (
            <>
              <Note tone="bad" role="alert">
                {t('forgot.no-account', { phone: formatPhone(parsePhone(asked.phone)!) })}
              </Note>
              <LinkButton to="/register" state={{ phone: asked.phone }} replace wide>
                {t('welcome.start')}
              </LinkButton>
              <Button look="quiet" wide onClick={step.close}>
                {t('sign-in.other-number')}
              </Button>
            </>
          ) : dormant ? (
            <EmailCodeStep
              because="account-dormant"
              error={dormant.error}
              busy={resetting.isPending}
              phone={asked.phone}
              onCode={(emailOtp) =>
                resetting.mutate({ otp: dormant.otp, ...(emailOtp === undefined ? {} : { emailOtp }) })
              }
            />
          ) : (
            <OneTimeCodeStep
              phone={parsePhone(asked.phone)!}
              code={code}
              busy={resetting.isPending}
              error={resetting.error}
              onCode={(otp) => resetting.mutate({ otp })}
              onChangePhone={step.close}
            />
          )}
        </Page>
      </CenteredPage>
    )
  }
  return (
    <CenteredPage>
      <Page title={t('forgot.title')} back="/sign-in">
        <p className="text-soft">{t('forgot.about')}</p>
        <form
          noValidate
          className="flex flex-col gap-5"
          onSubmit={(event) =>
            void form
              .handleSubmit(submit)(event)
              .catch(() => undefined)
          }
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
            label={t('password.new')}
            hint={t('sign-in.password-hint')}
            fault={errors.password && (errors.password.message || t('sign-in.password-wrong'))}
            type="password"
            autoComplete="new-password"
            {...form.register('password', { required: true })}
          />
          <ProblemNote error={code.error} />
          <Button type="submit" busy={form.formState.isSubmitting} wide>
            {t('action.continue')}
          </Button>
        </form>
      </Page>
    </CenteredPage>
  )
}
