// Registers a person: phone, name and password, then the code from the phone.
import { register } from '@bahi/contracts/auth.ts'
import { isPersonName, normaliseName } from '@bahi/contracts/person-name.ts'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useNavigate } from 'react-router'
import { callPublic } from '../../api/client.ts'
import { thisDevice } from '../../session/device-id.ts'
import { languageUnsent, useText } from '../../language/language.ts'
import { signIn } from '../../session/session.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { CenteredPage } from '@bahi/web-ui/components/centered-page.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { ProblemNote } from '../../api/problem-states.tsx'
import { OneTimeCodeStep } from '../../session/one-time-code-step.tsx'
import { parsePhone } from '@bahi/contracts/phone.ts'
import { useOneTimeCode } from '../../session/use-one-time-code.ts'

type Form = { phone: string; name: string; password: string }

export function Component() {
  const t = useText()
  const navigate = useNavigate()
  const code = useOneTimeCode()
  const [asked, setAsked] = useState<Form>()
  const form = useForm<Form>({ defaultValues: { phone: '', name: '', password: '' } })
  const { errors } = form.formState
  const registering = useMutation({
    mutationFn: (otp: string) => {
      const { phone, name, password } = asked!
      return callPublic(register, {
        body: { phone: parsePhone(phone)!, name: normaliseName(name), password, otp, device: thisDevice() },
      })
    },
    onSuccess: (tokens) => {
      signIn(tokens)
      // The profile is new: it learns the language that was spoken until now.
      languageUnsent.set(true)
      void navigate('/', { replace: true })
    },
  })
  if (asked) {
    return (
      <CenteredPage>
        <Page title={t('sign-in.code-title')} back="/welcome">
          <OneTimeCodeStep
            phone={parsePhone(asked.phone)!}
            code={code}
            busy={registering.isPending}
            error={registering.error}
            onCode={(otp) => registering.mutate(otp)}
          />
        </Page>
      </CenteredPage>
    )
  }
  return (
    <CenteredPage>
      <Page title={t('sign-in.new')} back="/welcome">
        <form
          noValidate
          className="flex flex-col gap-5"
          onSubmit={(event) =>
            void form
              .handleSubmit(async (values) => {
                await code.send(parsePhone(values.phone)!)
                setAsked(values)
              })(event)
              .catch(() => undefined)
          }
        >
          <Field
            label={t('sign-in.phone')}
            hint={t('sign-in.phone-hint')}
            fault={errors.phone && t('sign-in.phone-wrong')}
            before="+91"
            type="tel"
            inputMode="tel"
            autoComplete="tel-national"
            {...form.register('phone', { validate: (typed) => parsePhone(typed) !== undefined })}
          />
          <Field
            label={t('sign-in.name')}
            hint={t('sign-in.name-hint')}
            fault={errors.name && t('sign-in.name-wrong')}
            autoComplete="name"
            {...form.register('name', { validate: isPersonName })}
          />
          <Field
            label={t('sign-in.password')}
            hint={t('sign-in.password-hint')}
            fault={errors.password && t('sign-in.password-wrong')}
            type="password"
            autoComplete="new-password"
            {...form.register('password', { minLength: 8 })}
          />
          <ProblemNote error={code.error} />
          <Button type="submit" busy={code.isSending} wide>
            {t('action.continue')}
          </Button>
        </form>
      </Page>
    </CenteredPage>
  )
}
