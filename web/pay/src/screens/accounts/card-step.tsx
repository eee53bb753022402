// The step in which the debit card proves whose account it is: its last six digits and its expiry.
import { useForm } from 'react-hook-form'
import { useText } from '../../language/language.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { ProblemNote } from '../../api/problem-states.tsx'
import { expiryFault, cleanExpiry, last6Of } from './card.ts'
import type { Card } from './use-accounts.ts'

type CardStepProps = {
  given: Card | undefined
  /** It was opened a moment ago and is filled in. */
  isSandboxCard: boolean
  busy: boolean
  error: unknown
  onCard: (card: Card) => void
}

export function CardStep({ given, isSandboxCard, busy, error, onCard }: CardStepProps) {
  const t = useText()
  const form = useForm<Card>({ defaultValues: given ?? { last6: '', expiry: '' } })
  const { errors } = form.formState
  const last6 = form.register('last6', { validate: (typed) => /^\d{6}$/.test(typed) })
  const expiry = form.register('expiry', { validate: (typed) => expiryFault(typed) ?? true })
  return (
    <form
      noValidate
      className="flex flex-col gap-5"
      onSubmit={(event) => void form.handleSubmit(onCard)(event)}
    >
      <p>{t(isSandboxCard ? 'accounts.card-filled' : 'accounts.card-why')}</p>
      <Field
        label={t('accounts.card-last6')}
        hint={t('accounts.card-last6-hint')}
        fault={errors.last6 && t('accounts.card-last6-wrong')}
        inputMode="numeric"
        autoComplete="off"
        {...last6}
        onChange={(event) => {
          event.target.value = last6Of(event.target.value)
          void last6.onChange(event)
        }}
      />
      <Field
        label={t('accounts.expiry')}
        hint={t('accounts.expiry-hint')}
        fault={
          errors.expiry &&
          t(errors.expiry.message === 'over' ? 'accounts.expiry-over' : 'accounts.expiry-wrong')
        }
        inputMode="numeric"
        autoComplete="cc-exp"
        placeholder="MM/YY"
        {...expiry}
        onChange={(event) => {
          event.target.value = cleanExpiry(event.target.value)
          void expiry.onChange(event)
        }}
      />
      <ProblemNote error={error} />
      <Button type="submit" busy={busy} wide>
        {t('action.continue')}
      </Button>
    </form>
  )
}
