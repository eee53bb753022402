// Signs in again in place: the session ended, and the interrupted request goes on.
import { login } from '@bahi/contracts/auth.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Profile } from '@bahi/contracts/user.ts'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { callPublic } from '../../api/client.ts'
import { thisDevice } from '../../session/device-id.ts'
import { useText } from '../../language/language.ts'
import { parsePhone, formatPhone } from '@bahi/contracts/phone.ts'
import { signOut, signIn, useSession } from '../../session/session.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { OneTimeCodeStep } from '../../session/one-time-code-step.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { Sheet } from '@bahi/web-ui/components/sheet.tsx'
import { ProblemNote } from '../../api/problem-states.tsx'
import { useOneTimeCode } from '../../session/use-one-time-code.ts'

type Form = { phone: string; password: string }

const needsCode = (error: unknown) => error instanceof Problem && error.code === 'otp-required'

export function ReauthenticationSheet() {
  const t = useText()
  const code = useOneTimeCode('sign-in')
  const known = useQueryClient().getQueryData<Profile>(['me'])?.phone
  const { signedIn } = useSession()
  const [asked, setAsked] = useState<Form>()
  const form = useForm<Form>({ defaultValues: { phone: known ?? '', password: '' } })
  const { errors } = form.formState
  const signing = useMutation({
    mutationFn: ({ phone, password, otp }: Form & { otp?: string }) => {
      const body = { phone: parsePhone(phone)!, password, device: thisDevice() }
      return callPublic(login, { body: otp === undefined ? body : { ...body, otp, ...code.named } })
    },
    onSuccess(tokens) {
      const isSame = tokens.userId === signedIn?.userId
      signIn(tokens)
      // Somebody else begins at the beginning, with nothing of what was here.
      if (!isSame) location.assign('/')
    },
  })
  async function submit(values: Form) {
    try {
      await signing.mutateAsync(values)
    } catch (error) {
      if (!needsCode(error)) return
      await code.send(parsePhone(values.phone)!)
      setAsked(values)
    }
  }
  const refused = needsCode(signing.error) ? code.error : signing.error
  return (
    <Sheet
      open
      onClose={() => signOut(location.pathname + location.search)}
      title={t('sign-in.reauthenticate')}
    >
      {asked ? (
        <OneTimeCodeStep
          phone={parsePhone(asked.phone)!}
          code={code}
          busy={signing.isPending}
          error={refused}
          onCode={(otp) => signing.mutate({ ...asked, otp })}
        />
      ) : (
        <form
          noValidate
          className="flex flex-col gap-5"
          onSubmit={(event) =>
            void form
              .handleSubmit(submit)(event)
              .catch(() => undefined)
          }
        >
          <p className="text-soft">{t('sign-in.reauthenticate-text')}</p>
          {known === undefined ? (
            <Field
              label={t('sign-in.phone')}
              fault={errors.phone && t('sign-in.phone-wrong')}
              before="+91"
              type="tel"
              inputMode="tel"
              autoComplete="username"
              autoFocus
              {...form.register('phone', { validate: (typed) => parsePhone(typed) !== undefined })}
            />
          ) : (
            <p className="text-lg font-semibold">{formatPhone(known)}</p>
          )}
          <Field
            label={t('sign-in.password')}
            fault={errors.password && t('sign-in.password-wrong')}
            type="password"
            autoComplete="current-password"
            autoFocus={known !== undefined}
            {...form.register('password', { minLength: 1 })}
          />
          <ProblemNote error={refused} />
          <Button type="submit" busy={signing.isPending || code.isSending} wide>
            {t('sign-in.title')}
          </Button>
        </form>
      )}
    </Sheet>
  )
}
