// What changes something asks why: the reason is on record. Some acts take the password as well.
import { uuidv7 } from '@bahi/contracts/id.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { Sheet } from '@bahi/web-ui/components/sheet.tsx'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { ProblemNote } from '../api/problems.tsx'
import { useText } from '../language/language.ts'

type Form = { reason: string; password: string }
/** The id is of what is made: the same when it is sent again after a lost answer, another once the sheet was closed. */
type Given = Form & { id: string }

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
  const [id, setId] = useState<string>()
  const close = () => setId(undefined)
  const form = useForm<Form>({ defaultValues: { reason: '', password: '' } })
  const { errors } = form.formState
  const giving = useMutation({
    mutationFn: (typed: Form) => onGive({ ...typed, id: id! }),
    onSuccess: close,
  })
  function open(): void {
    giving.reset()
    form.reset()
    setId(uuidv7())
  }
  return (
    <>
      <Button look={look} className="min-h-11 px-4" onClick={open}>
        {text}
      </Button>
      <Sheet open={id !== undefined} onClose={close} title={text}>
        <form
          noValidate
          className="flex flex-col gap-4"
          onSubmit={(event) => void form.handleSubmit((typed) => giving.mutate(typed))(event)}
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
