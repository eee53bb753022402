// Moves to another mobile number: what that ends is said before, then a code to the new one and the password.
import { changePhone } from '@bahi/contracts/auth.ts'
import { formatPhone, parsePhone } from '@bahi/contracts/phone.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useOnline } from '@bahi/web-ui/browser/online.ts'
import { Button, LinkButton } from '@bahi/web-ui/components/button.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Empty } from '@bahi/web-ui/components/states.tsx'
import { useMe } from '../../accounts/my-accounts.ts'
import { call } from '../../api/client.ts'
import { ProblemNote } from '../../api/problem-states.tsx'
import { OneTimeCodeStep } from '../../session/one-time-code-step.tsx'
import { NumberIsNew } from '../../session/number-is-new.tsx'
import { withStepUp } from '../../session/step-up.ts'
import { useOneTimeCode } from '../../session/use-one-time-code.ts'
import { ProvePhone } from './prove-phone.tsx'
import { usePhoneText } from './phone-texts.ts'

export function Component() {
  const t = usePhoneText()
  const isOnline = useOnline()
  const client = useQueryClient()
  const { data: profile } = useMe()
  const code = useOneTimeCode('new-phone')
  const [newPhone, setNewPhone] = useState<string>()
  const [numberIsNew, setNumberIsNew] = useState(false)
  const form = useForm({ defaultValues: { phone: '' } })
  const { errors } = form.formState
  const changing = useMutation({
    mutationFn: (otp: string) =>
      withStepUp((proof) =>
        call(changePhone, {
          body: {
            ...{ newPhone: newPhone!, otp, ...code.named, ...proof },
            ...(numberIsNew ? { numberIsNew } : {}),
          },
        }),
      ),
    onSuccess: () => client.setQueryData(['me'], (me: typeof profile) => me && { ...me, phone: newPhone! }),
  })
  const sendTo = (phone: string, isNew: boolean) =>
    code.send(phone).then(
      () => {
        changing.reset()
        setNumberIsNew(isNew)
        setNewPhone(phone)
      },
      () => undefined,
    )
  const send = async (typed: string) => {
    const phone = parsePhone(typed)!
    if (phone === profile?.phone) return form.setError('phone', { message: t('phone.same') })
    await sendTo(phone, false)
  }
  if (changing.isSuccess) {
    return (
      <Page title={t('phone.title')} back="/profile">
        <Empty icon="phone" title={t('phone.done')}>
          <p className="text-soft">{t('phone.done-text', { phone: formatPhone(newPhone!) })}</p>
          <LinkButton to="/profile" look="quiet">
            {t('nav.profile')}
          </LinkButton>
        </Empty>
      </Page>
    )
  }
  if (newPhone !== undefined) {
    return (
      <Page title={t('phone.title')} back="/profile">
        <OneTimeCodeStep
          phone={newPhone}
          code={code}
          busy={changing.isPending}
          error={changing.error}
          onCode={(otp) => changing.mutate(otp)}
          onChangePhone={() => setNewPhone(undefined)}
        />
        {changing.error instanceof Problem && changing.error.code === 'phone-taken' && (
          <>
            <NumberIsNew
              wasDeclared={numberIsNew}
              busy={code.isSending}
              onDeclare={() => void sendTo(newPhone, true)}
            />
            <ProblemNote error={code.error} />
          </>
        )}
      </Page>
    )
  }
  return (
    <Page title={t('phone.title')} back="/profile">
      <ProvePhone />
      {profile && <p className="text-soft">{t('phone.about', { phone: formatPhone(profile.phone) })}</p>}
      <p className="text-soft">{t('phone.then')}</p>
      <form
        noValidate
        className="flex flex-col gap-5"
        onSubmit={(event) => void form.handleSubmit(({ phone }) => send(phone))(event)}
      >
        <Field
          label={t('phone.new')}
          fault={errors.phone && (errors.phone.message || t('sign-in.phone-wrong'))}
          before="+91"
          type="tel"
          inputMode="tel"
          autoComplete="tel"
          {...form.register('phone', { validate: (typed) => parsePhone(typed) !== undefined })}
        />
        {!isOnline && <p className="text-wait">{t('phone.offline')}</p>}
        <ProblemNote error={code.error} />
        <Button type="submit" busy={code.isSending} disabled={!isOnline || !profile} wide>
          {t('phone.send')}
        </Button>
      </form>
    </Page>
  )
}
