// What changes something asks why: the reason is on record. Some acts take the password as well.
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { Sheet } from '@bahi/web-ui/components/sheet.tsx'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { ProblemNote } from '../api/problems.tsx'
import { useText } from '../language/language.ts'

type Given = { reason: string; password: string }

type ReasonButtonProps = {
  text: string
  /** What is asked for; default: a reason. */
  asks?: 'reason' | 'password'
  look?: 'main' | 'quiet'
  onGive: (given: Given) => Promise<unknown>
}

/** A button that opens a sheet for the reason; the sheet closes once the act is done. */
export function ReasonButton({ text, asks = 'reason', look = 'quiet', onGive }: ReasonButtonProps) {
  const t = useText()
  const [isOpen, setIsOpen] = useState(false)
  const form = useForm<Given>({ defaultValues: { reason: '', password: '' } })
  const { errors } = form.formState
  const giving = useMutation({ mutationFn: onGive, onSuccess: () => setIsOpen(false) })
  function open(): void {
    giving.reset()
    form.reset()
    setIsOpen(true)
  }
  return (
    <>
      <Button look={look} className="min-h-11 px-4" onClick={open}>
        {text}
      </Button>
      <Sheet open={isOpen} onClose={() => setIsOpen(false)} title={text}>
        <form
          noValidate
          className="flex flex-col gap-4"
          onSubmit={(event) => void form.handleSubmit((given) => giving.mutate(given))(event)}
        >
          {asks === 'reason' ? (
            <Field
              label={t('reason.label')}
              hint={t('reason.hint')}
              fault={errors.reason && t('reason.short')}
              {...form.register('reason', { validate: (typed) => typed.trim().length >= 5 })}
            />
          ) : (
            <Field
              label={t('sign-in.password')}
              fault={errors.password && t('sign-in.password-wrong')}
              type="password"
              autoComplete="current-password"
              {...form.register('password', { minLength: 1, required: true })}
            />
          )}
          <ProblemNote error={giving.error} />
          <Button type="submit" busy={giving.isPending} wide>
            {text}
          </Button>
        </form>
      </Sheet>
    </>
  )
}
