// A button that opens a sheet to upload a list of disconnected numbers, with the day that it is of.
import { uuidv7 } from '@bahi/contracts/id.ts'
import { istDateOf } from '@bahi/contracts/recurrence.ts'
import { uploadRevokedNumbers } from '@bahi/contracts/revoked-numbers.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { Sheet } from '@bahi/web-ui/components/sheet.tsx'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { call } from '../../api/client.ts'
import { useAgain } from '../../api/use-again.ts'
import { ProblemNote } from '../../api/problems.tsx'
import { useRevokedText } from './revoked-numbers-texts.ts'

type Form = { files: FileList | null; listedOn: string }

export function UploadList() {
  const t = useRevokedText()
  const again = useAgain(['revoked-numbers'])
  /** The same when it is sent again after a lost answer. */
  const [id, setId] = useState<string>()
  const form = useForm<Form>()
  const { errors } = form.formState
  const close = () => setId(undefined)
  const sending = useMutation({
    mutationFn: async ({ files, listedOn }: Form) => {
      const file = files![0]!
      // Browsers disagree on the type of CSV.
      const type = file.name.toLowerCase().endsWith('.csv') ? 'text/csv' : 'text/plain'
      const bytes = new Uint8Array(await file.arrayBuffer())
      return call(uploadRevokedNumbers, {
        ...{ params: { id: id! }, querystring: { listedOn }, file: { type, bytes } },
      })
    },
    async onSuccess() {
      await again()
      close()
    },
  })
  function open(): void {
    sending.reset()
    form.reset({ files: null, listedOn: istDateOf(new Date()) })
    setId(uuidv7())
  }
  return (
    <>
      <Button look="quiet" className="min-h-11 self-start px-4" onClick={open}>
        {t('revoked.new')}
      </Button>
      <Sheet open={id !== undefined} onClose={close} title={t('revoked.new')}>
        <form
          noValidate
          className="flex flex-col gap-4"
          onSubmit={(event) => void form.handleSubmit((typed) => sending.mutate(typed))(event)}
        >
          <p className="text-soft">{t('revoked.new-about')}</p>
          <Field
            type="file"
            accept=".csv,.txt,text/csv,text/plain"
            label={t('revoked.file')}
            fault={errors.files && t('revoked.file-wrong')}
            {...form.register('files', { validate: (files) => files?.length === 1 })}
          />
          <Field
            type="date"
            label={t('revoked.listed-on')}
            fault={errors.listedOn && t('revoked.listed-on-wrong')}
            {...form.register('listedOn', {
              validate: (day) => day !== '' && day <= istDateOf(new Date()),
            })}
          />
          <ProblemNote error={sending.error} />
          <Button type="submit" busy={sending.isPending} wide>
            {t('revoked.new')}
          </Button>
        </form>
      </Sheet>
    </>
  )
}
