// Stops all payments without a session: for whoever lost their phone. By the password, or a code to the phone.
import { stopMyPayments } from '@bahi/contracts/auth.ts'
import type { Input } from '@bahi/contracts/call.ts'
import { parsePhone } from '@bahi/contracts/phone.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useOnline } from '@bahi/web-ui/browser/online.ts'
import { Button, LinkButton } from '@bahi/web-ui/components/button.tsx'
import { CenteredPage } from '@bahi/web-ui/components/centered-page.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Empty } from '@bahi/web-ui/components/states.tsx'
import { callPublic } from '../../api/client.ts'
import { OfflineNote } from '../../api/offline-note.tsx'
import { ProblemNote } from '../../api/problem-states.tsx'
import { useText } from '../../language/language.ts'
import { thisDevice } from '../../session/device-id.ts'
import { OneTimeCodeStep } from '../../session/one-time-code-step.tsx'
import { useCodeStep } from '../../session/use-code-step.ts'
import { useOneTimeCode } from '../../session/use-one-time-code.ts'

type Form = { phone: string; password: string }

const needsCode = (error: unknown) => error instanceof Problem && error.code === 'otp-required'

export function Component() {
  const t = useText()
  const isOnline = useOnline()
  const code = useOneTimeCode('stop-payments')
  const step = useCodeStep()
  const [phone, setPhone] = useState<string>()
  const form = useForm<Form>({ defaultValues: { phone: '', password: '' } })
  const { errors } = form.formState
  const stopping = useMutation({
    mutationFn: (body: Input<typeof stopMyPayments>['body']) => callPublic(stopMyPayments, { body }),
  })
  async function byCode(to: string) {
    stopping.reset()
    try {
      await code.send(to)
    } catch {
      return
    }
    setPhone(to)
    step.open()
  }
  const title = t('stop-payments.title')
  if (stopping.isSuccess) {
    return (
      <CenteredPage>
        <Page title={title} back="/sign-in">
          <Empty icon="lock" title={t('stop-payments.done')}>
            <p className="text-soft">{t('stop-payments.done-text')}</p>
            <LinkButton to="/sign-in" look="quiet">
              {t('sign-in.title')}
            </LinkButton>
          </Empty>
        </Page>
      </CenteredPage>
    )
  }
  if (step.isOpen && phone !== undefined) {
    return (
      <CenteredPage>
        <Page title={title} back="/stop-payments">
          <OneTimeCodeStep
            phone={phone}
            code={code}
            busy={stopping.isPending}
            error={stopping.error}
            onCode={(otp) => stopping.mutate({ phone, otp, ...code.named })}
            onChangePhone={step.close}
          />
        </Page>
      </CenteredPage>
    )
  }
  const typedPhone = () => parsePhone(form.getValues('phone'))
  return (
    <CenteredPage>
      <Page title={title} back="/sign-in">
        <p>{t('stop-payments.about')}</p>
        <form
          noValidate
          className="flex flex-col gap-5"
          onSubmit={(event) =>
            void form.handleSubmit(({ phone: typed, password }) => {
              const body = { phone: parsePhone(typed)!, password, device: thisDevice() }
              stopping.mutate(body, {
                onError: (error) => void (needsCode(error) && byCode(body.phone)),
              })
            })(event)
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
            label={t('sign-in.password')}
            fault={errors.password && t('sign-in.password-wrong')}
            type="password"
            autoComplete="current-password"
            {...form.register('password', { validate: (typed) => typed !== '' })}
          />
          <ProblemNote error={needsCode(stopping.error) ? undefined : (stopping.error ?? code.error)} />
          <OfflineNote />
          <Button type="submit" busy={stopping.isPending} disabled={!isOnline} wide>
            {t('stop-payments.now')}
          </Button>
          <Button
            look="bare"
            busy={code.isSending}
            disabled={!isOnline}
            onClick={() => {
              const to = typedPhone()
              if (to === undefined) void form.trigger('phone')
              else void byCode(to)
            }}
          >
            {t('stop-payments.by-code')}
          </Button>
        </form>
      </Page>
    </CenteredPage>
  )
}
