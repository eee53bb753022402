// Enrols an authenticator app: the secret as a QR code and as text, a code of the app, then the recovery codes.
import { beginTotp, confirmTotp } from '@bahi/contracts/second-factor.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Copy } from '@bahi/web-ui/components/copy.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { QrCode } from '@bahi/web-ui/components/qr-code.tsx'
import { useMutation } from '@tanstack/react-query'
import { useForm } from 'react-hook-form'
import { call } from '../../api/client.ts'
import { ProblemNote } from '../../api/problems.tsx'
import { useText } from '../../language/language.ts'
import { isTotp, withoutSpaces } from './code.ts'

/** @param onEnrolled gets the recovery codes, which are shown this once */
export function Enrol({ onEnrolled }: { onEnrolled: (recoveryCodes: string[]) => void }) {
  const t = useText()
  const form = useForm<{ code: string }>({ defaultValues: { code: '' } })
  const beginning = useMutation({ mutationFn: () => call(beginTotp, {}) })
  const confirming = useMutation({
    mutationFn: ({ code }: { code: string }) => call(confirmTotp, { body: { code: withoutSpaces(code) } }),
    onSuccess: ({ recoveryCodes }) => onEnrolled(recoveryCodes),
  })
  if (!beginning.data) {
    return (
      <>
        <p>{t('factor.enrol-about')}</p>
        <ProblemNote error={beginning.error} />
        <Button busy={beginning.isPending} onClick={() => beginning.mutate()} wide>
          {t('factor.enrol')}
        </Button>
      </>
    )
  }
  const { secret, uri } = beginning.data
  return (
    <form
      noValidate
      className="flex flex-col gap-5"
      onSubmit={(event) => void form.handleSubmit((typed) => confirming.mutate(typed))(event)}
    >
      <p>{t('factor.scan')}</p>
      <div className="mx-auto w-full max-w-56">
        <QrCode text={uri} label={t('factor.qr')} />
      </div>
      <div>
        <p className="text-sm text-soft">{t('factor.secret')}</p>
        <Copy text={secret} label={t('factor.secret')} />
      </div>
      <Field
        label={t('factor.code')}
        hint={t('factor.code-hint')}
        fault={form.formState.errors.code && t('sign-in.code-wrong')}
        inputMode="numeric"
        autoComplete="one-time-code"
        {...form.register('code', { validate: isTotp })}
      />
      <ProblemNote error={confirming.error} />
      <Button type="submit" busy={confirming.isPending} wide>
        {t('factor.confirm')}
      </Button>
    </form>
  )
}
