// A button that opens a sheet to stop payments: what, why, and what people read besides.
import { uuidv7 } from '@bahi/contracts/id.ts'
import { handlePattern, setStop, stopScopes, type StopScope } from '@bahi/contracts/payment-stops.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { Select } from '@bahi/web-ui/components/select.tsx'
import { Sheet } from '@bahi/web-ui/components/sheet.tsx'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { call } from '../../api/client.ts'
import { ProblemNote } from '../../api/problems.tsx'
import { useAgain } from '../../api/use-again.ts'
import { useText } from '../../language/language.ts'
import { useStopsText } from './stops-texts.ts'

type Form = { scope: StopScope; handle: string; reason: string; message: string }
const empty: Form = { scope: 'everything', handle: '', reason: '', message: '' }

export function SetStop() {
  const t = useText()
  const own = useStopsText()
  const again = useAgain(['stops'])
  /** The same when it is sent again after a lost answer. */
  const [id, setId] = useState<string>()
  const form = useForm<Form>({ defaultValues: empty })
  const { errors } = form.formState
  const scope = form.watch('scope')
  const close = () => setId(undefined)
  const setting = useMutation({
    mutationFn: ({ handle, reason, message }: Form) =>
      call(setStop, {
        params: { id: id! },
        body: {
          ...{ scope, reason: reason.trim() },
          ...(scope === 'handle' ? { handle: handle.trim().toLowerCase() } : {}),
          ...(message.trim() === '' ? {} : { message: message.trim() }),
        },
      }),
    async onSuccess() {
      await again()
      close()
    },
  })
  function open(): void {
    setting.reset()
    form.reset(empty)
    setId(uuidv7())
  }
  return (
    <>
      <Button look="quiet" className="min-h-11 self-start px-4" onClick={open}>
        {own('stops.set')}
      </Button>
      <Sheet open={id !== undefined} onClose={close} title={own('stops.set')}>
        <form
          noValidate
          className="flex flex-col gap-4"
          onSubmit={(event) => void form.handleSubmit((typed) => setting.mutate(typed))(event)}
        >
          <p className="text-soft">{own('stops.set-explained')}</p>
          <Select
            label={own('stops.scope')}
            value={scope}
            onValue={(value) => form.setValue('scope', value as StopScope)}
          >
            {stopScopes.map((one) => (
              <option key={one} value={one}>
                {own(`stops.${one}`)}
              </option>
            ))}
          </Select>
          {scope === 'handle' && (
            <Field
              label={own('stops.handle-name')}
              fault={errors.handle && own('stops.handle-wrong')}
              autoCapitalize="none"
              {...form.register('handle', {
                validate: (typed) => new RegExp(handlePattern).test(typed.trim().toLowerCase()),
              })}
            />
          )}
          <Field
            label={t('reason.label')}
            hint={t('reason.hint')}
            fault={errors.reason && t('reason.short')}
            {...form.register('reason', { validate: (typed) => typed.trim().length >= 5 })}
          />
          <Field
            label={own('stops.message')}
            hint={own('stops.message-hint')}
            fault={errors.message && own('stops.message-wrong')}
            {...form.register('message', {
              validate: (typed) => typed.trim() === '' || /^.{5,200}$/.test(typed.trim()),
            })}
          />
          <ProblemNote error={setting.error} />
          <Button type="submit" busy={setting.isPending} wide>
            {own('stops.set')}
          </Button>
        </form>
      </Sheet>
    </>
  )
}
