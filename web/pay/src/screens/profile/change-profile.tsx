// Changes name and e-mail; the phone has a screen of its own.
import { parseEmail } from '@bahi/contracts/email.ts'
import { isPersonName } from '@bahi/contracts/person-name.ts'
import type { OwnProfile } from '@bahi/contracts/user.ts'
import { useForm } from 'react-hook-form'
import { Link } from 'react-router'
import { useText } from '../../language/language.ts'
import { formatPhone } from '@bahi/contracts/phone.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { ProblemNote } from '../../api/problem-states.tsx'
import { profileChanges } from './profile.ts'
import { useChangeProfile } from './use-profile.ts'

export function ChangeProfile({ profile, onDone }: { profile: OwnProfile; onDone: () => void }) {
  const t = useText()
  const changing = useChangeProfile()
  const form = useForm({
    defaultValues: { name: profile.name, email: profile.emailPending ?? profile.email ?? '' },
  })
  const { errors } = form.formState
  return (
    <form
      noValidate
      className="flex flex-col gap-5"
      onSubmit={(event) =>
        void form
          .handleSubmit(async (typed) => {
            const changes = profileChanges(profile, typed)
            if (changes) await changing.mutateAsync(changes)
            onDone()
          })(event)
          .catch(() => undefined)
      }
    >
      <Field
        label={t('sign-in.name')}
        fault={errors.name && t('sign-in.name-wrong')}
        autoComplete="name"
        maxLength={99}
        {...form.register('name', { validate: isPersonName })}
      />
      <Field
        label={t('profile.email')}
        hint={t('profile.email-hint')}
        fault={errors.email && t('profile.email-wrong')}
        inputMode="email"
        autoCapitalize="none"
        autoComplete="email"
        maxLength={254}
        {...form.register('email', {
          validate: (email) => email.trim() === '' || parseEmail(email) !== undefined,
        })}
      />
      <p className="text-sm text-soft">
        {formatPhone(profile.phone)}{' '}
        <Link to="/profile/phone" className="font-semibold text-accent hover:underline">
          {t('profile.phone-change')}
        </Link>
      </p>
      <ProblemNote error={changing.error} />
      <Button type="submit" busy={changing.isPending} wide>
        {t('action.save')}
      </Button>
    </form>
  )
}
