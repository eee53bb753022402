// Registers a person: phone, name and password, then the code from the phone. What can be told of them is told on the
// form, and the form is one step back from the code.
import { register } from '@bahi/contracts/auth.ts'
import { isPersonName, normaliseName } from '@bahi/contracts/person-name.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { Link, useLocation, useNavigate } from 'react-router'
import { callPublic } from '../../api/client.ts'
import { thisDevice } from '../../session/device-id.ts'
import { languageUnsent, useLanguage, useText } from '../../language/language.ts'
import { signIn } from '../../session/session.ts'
import { Button, LinkButton } from '@bahi/web-ui/components/button.tsx'
import { CenteredPage } from '@bahi/web-ui/components/centered-page.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Note } from '@bahi/web-ui/components/states.tsx'
import { ProblemNote } from '../../api/problem-states.tsx'
import { problemText } from '../../api/problem-text.ts'
import { OneTimeCodeStep } from '../../session/one-time-code-step.tsx'
import { formatPhone, parsePhone } from '@bahi/contracts/phone.ts'
import { weaknessIn } from '../../session/password-weakness.ts'
import { NumberIsNew } from '../../session/number-is-new.tsx'
import { useCodeStep } from '../../session/use-code-step.ts'
import { useOneTimeCode } from '../../session/use-one-time-code.ts'

type Form = { phone: string; name: string; password: string }

export function Component() {
  const t = useText()
  const { language } = useLanguage()
  const navigate = useNavigate()
  const given = useLocation().state as { returnTo?: string; phone?: string } | null
  const code = useOneTimeCode('register')
  const step = useCodeStep()
  const [asked, setAsked] = useState<Form>()
  const [numberIsNew, setNumberIsNew] = useState(false)
  const form = useForm<Form>({ defaultValues: { phone: given?.phone ?? '', name: '', password: '' } })
  const { errors } = form.formState
  const registering = useMutation({
    mutationFn: (otp: string) => {
      const { phone, name, password } = asked!
      return callPublic(register, {
        body: {
          ...{ phone: parsePhone(phone)!, name: normaliseName(name), password, device: thisDevice() },
          ...{ otp, ...code.named, ...(numberIsNew ? { numberIsNew } : {}) },
        },
      })
    },
    onSuccess: (tokens) => {
      signIn(tokens)
      // The profile is new: it learns the language that was spoken until now.
      languageUnsent.set(true)
      void navigate(given?.returnTo ?? '/', { replace: true })
    },
    onError: (error) => {
      if (!(error instanceof Problem) || error.code !== 'password-weak') return
      // Judged before the code, which is still good.
      form.setError('password', { message: problemText(error, t) })
      step.close()
    },
  })
  const submit = async (values: Form) => {
    const weakness = await weaknessIn(values.password, values, language)
    if (weakness !== undefined)
      return form.setError('password', { message: t('sign-in.password-weak', { why: weakness }) })
    registering.reset()
    setNumberIsNew(false)
    await code.send(parsePhone(values.phone)!)
    setAsked(values)
    step.open()
  }
  if (step.isOpen && asked) {
    const isTaken = registering.error instanceof Problem && registering.error.code === 'phone-taken'
    return (
      <CenteredPage>
        <Page title={t('sign-in.code-title')} back="/register">
          {isTaken ? (
            <>
              <PhoneTaken phone={asked.phone} onChangePhone={step.close} />
              <NumberIsNew
                wasDeclared={numberIsNew}
                busy={code.isSending}
                onDeclare={() =>
                  void code.send(parsePhone(asked.phone)!).then(
                    () => {
                      setNumberIsNew(true)
                      registering.reset()
                    },
                    () => undefined,
                  )
                }
              />
              <ProblemNote error={code.error} />
            </>
          ) : (
            <OneTimeCodeStep
              phone={parsePhone(asked.phone)!}
              code={code}
              busy={registering.isPending}
              error={registering.error}
              onCode={(otp) => registering.mutate(otp)}
              onChangePhone={step.close}
            />
          )}
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
            // The form says what the sending was refused for.
            void form
              .handleSubmit(submit)(event)
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
            fault={errors.password && (errors.password.message || t('sign-in.password-wrong'))}
            type="password"
            autoComplete="new-password"
            {...form.register('password', { required: true })}
          />
          <ProblemNote error={code.error} />
          <Button type="submit" busy={form.formState.isSubmitting} wide>
            {t('action.continue')}
          </Button>
          <p className="text-center text-sm text-soft">
            {t('sign-in.agree')}{' '}
            <Link
              to="/terms"
              className="inline-flex min-h-11 items-center px-1 font-semibold text-accent hover:underline"
            >
              {t('help.terms')}
            </Link>{' '}
            ·{' '}
            <Link
              to="/privacy"
              className="inline-flex min-h-11 items-center px-1 font-semibold text-accent hover:underline"
            >
              {t('help.privacy')}
            </Link>
          </p>
        </form>
      </Page>
    </CenteredPage>
  )
}

/** Known only now: nobody learns who is registered without the phone in their hand. */
function PhoneTaken({ phone, onChangePhone }: { phone: string; onChangePhone: () => void }) {
  const t = useText()
  return (
    <>
      <Note tone="bad" role="alert">
        {t('sign-in.phone-taken', { phone: formatPhone(parsePhone(phone)!) })}
      </Note>
      <LinkButton to="/sign-in" state={{ phone }} replace wide>
        {t('sign-in.title')}
      </LinkButton>
      <Button look="quiet" wide onClick={onChangePhone}>
        {t('sign-in.other-number')}
      </Button>
    </>
  )
}
