// What changes something asks why: the reason is on record. Some acts ask for more: whom, for how long, the password.
import { uuidv7 } from '@bahi/contracts/id.ts'
import { grantedRoles, type GrantedRole } from '@bahi/contracts/permissions.ts'
import { parsePhone } from '@bahi/contracts/phone.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { Select } from '@bahi/web-ui/components/select.tsx'
import { Sheet } from '@bahi/web-ui/components/sheet.tsx'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useForm, type UseFormReturn } from 'react-hook-form'
import { ProblemNote } from '../api/problems.tsx'
import { useText } from '../language/language.ts'

type Form = { phone: string; role: GrantedRole; days: string; reason: string; password: string }
type Asked = keyof Form
const empty: Form = { phone: '', role: 'support', days: '90', reason: '', password: '' }

/** The id is of what is made: the same when it is sent again after a lost answer, another once the sheet was closed. */
type Given = Omit<Form, 'days'> & { days: number; id: string }

type ReasonButtonProps = {
  text: string
  /** What is asked for, in this order; default: a reason. */
  asks?: readonly Asked[]
  /** What comes of it. */
  about?: string
  look?: 'main' | 'quiet'
  onGive: (given: Given) => Promise<unknown>
}

/** A button that opens a sheet for the reason; the sheet closes once the act is done. */
export function ReasonButton({ text, asks = ['reason'], about, look = 'quiet', onGive }: ReasonButtonProps) {
  const [id, setId] = useState<string>()
  const close = () => setId(undefined)
  const form = useForm<Form>({ defaultValues: empty })
  const giving = useMutation({
    mutationFn: ({ phone, days, ...typed }: Form) =>
      onGive({ ...typed, phone: parsePhone(phone) ?? '', days: Number(days), id: id! }),
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
          {about !== undefined && <p className="text-soft">{about}</p>}
          {asks.map((asked) => (
            <AskedField key={asked} asked={asked} form={form} />
          ))}
          <ProblemNote error={giving.error} />
          <Button type="submit" busy={giving.isPending} wide>
            {text}
          </Button>
        </form>
      </Sheet>
    </>
  )
}

function AskedField({ asked, form }: { asked: Asked; form: UseFormReturn<Form> }) {
  const t = useText()
  const { errors } = form.formState
  switch (asked) {
    case 'phone':
      return (
        <Field
          label={t('grants.phone')}
          fault={errors.phone && t('sign-in.phone-wrong')}
          before="+91"
          type="tel"
          {...form.register('phone', { validate: (typed) => parsePhone(typed) !== undefined })}
        />
      )
    case 'role':
      return (
        <Select
          label={t('grants.role')}
          value={form.watch('role')}
          onValue={(role) => form.setValue('role', role as GrantedRole)}
        >
          {grantedRoles.map((role) => (
            <option key={role}>{role}</option>
          ))}
        </Select>
      )
    case 'days':
      return (
        <Field
          label={t('grants.days')}
          fault={errors.days && t('grants.days-wrong')}
          inputMode="numeric"
          {...form.register('days', {
            validate: (typed) => /^\d+$/.test(typed) && Number(typed) >= 1 && Number(typed) <= 3_650,
          })}
        />
      )
    case 'reason':
      return (
        <Field
          label={t('reason.label')}
          hint={t('reason.hint')}
          fault={errors.reason && t('reason.short')}
          {...form.register('reason', { validate: (typed) => typed.trim().length >= 5 })}
        />
      )
    case 'password':
      return (
        <Field
          label={t('sign-in.password')}
          fault={errors.password && t('sign-in.password-wrong')}
          type="password"
          autoComplete="current-password"
          {...form.register('password', { required: true })}
        />
      )
  }
}
