// Changes the password, by the old one; what that ends is said before and after.
import { Problem } from '@bahi/contracts/problem.ts'
import { useForm } from 'react-hook-form'
import { Button, LinkButton } from '@bahi/web-ui/components/button.tsx'
import { useOnline } from '@bahi/web-ui/browser/online.ts'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Empty } from '@bahi/web-ui/components/states.tsx'
import { useMe } from '../../accounts/my-accounts.ts'
import { ProblemNote } from '../../api/problem-states.tsx'
import { problemText } from '../../api/problem-text.ts'
import { useLanguage, useText } from '../../language/language.ts'
import { weaknessIn } from '../../session/password-weakness.ts'
import { useChangePassword } from './use-profile.ts'

type Form = { old: string; password: string }

export function Component() {
  const t = useText()
  const { language } = useLanguage()
  const isOnline = useOnline()
  const { data: profile } = useMe()
  const form = useForm<Form>({ defaultValues: { old: '', password: '' } })
  const { errors } = form.formState
  const changing = useChangePassword()
  const submit = async (values: Form) => {
    const weakness = await weaknessIn(
      values.password,
      { phone: profile?.phone ?? '', name: profile?.name ?? '' },
      language,
    )
    if (weakness !== undefined)
      return form.setError('password', { message: t('sign-in.password-weak', { why: weakness }) })
    await changing.mutateAsync(values).catch((error: unknown) => {
      if (!(error instanceof Problem)) return
      if (error.code === 'password-weak') form.setError('password', { message: problemText(error, t) })
      if (error.code === 'password-wrong') form.setError('old', { message: problemText(error, t) })
    })
  }
  if (changing.isSuccess) {
    return (
      <Page title={t('password.title')} back="/profile">
        <Empty icon="lock" title={t('password.changed')}>
          <p className="text-soft">{t('password.changed-text')}</p>
          <LinkButton to="/profile/devices" look="quiet">
            {t('profile.devices')}
          </LinkButton>
        </Empty>
      </Page>
    )
  }
  const isSaid =
    changing.error instanceof Problem && ['password-weak', 'password-wrong'].includes(changing.error.code)
  return (
    <Page title={t('password.title')} back="/profile">
      <p className="text-soft">{t('password.about')}</p>
      <form
        noValidate
        className="flex flex-col gap-5"
        onSubmit={(event) => void form.handleSubmit(submit)(event)}
      >
        <Field
          label={t('password.old')}
          fault={errors.old && (errors.old.message || t('password.old-missing'))}
          type="password"
          autoComplete="current-password"
          {...form.register('old', { required: true })}
        />
        <Field
          label={t('password.new')}
          hint={t('sign-in.password-hint')}
          fault={errors.password && (errors.password.message || t('sign-in.password-wrong'))}
          type="password"
          autoComplete="new-password"
          {...form.register('password', { required: true })}
        />
        {!isOnline && <p className="text-wait">{t('password.offline')}</p>}
        <ProblemNote error={isSaid ? undefined : changing.error} />
        <Button type="submit" busy={form.formState.isSubmitting} disabled={!isOnline} wide>
          {t('password.save')}
        </Button>
        <p className="text-sm text-soft">{t('password.forgot')}</p>
      </form>
    </Page>
  )
}
