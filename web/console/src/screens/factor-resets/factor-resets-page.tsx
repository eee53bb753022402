// Second factors that were lost: one administrator requests a reset, another approves it, and the person enrols anew.
import {
  approveSecondFactorReset,
  declineSecondFactorReset,
  listSecondFactorResets,
  requestSecondFactorReset,
  type SecondFactorReset,
} from '@bahi/contracts/second-factor.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { parsePhone } from '@bahi/contracts/phone.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Sheet } from '@bahi/web-ui/components/sheet.tsx'
import { formatMoment } from '@bahi/web-ui/format/dates.ts'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { call } from '../../api/client.ts'
import { ProblemNote } from '../../api/problems.tsx'
import { usePages } from '../../api/use-pages.ts'
import { ReasonButton } from '../../components/reason-form.tsx'
import { Code, Table } from '../../components/table.tsx'
import { useLanguage, useText } from '../../language/language.ts'
import { useMay, useSession } from '../../session/session.ts'

const key = ['factor-resets'] as const

export function Component() {
  const t = useText()
  const may = useMay()
  const { language } = useLanguage()
  const list = usePages('before', key, async () => ({
    ...(await call(listSecondFactorResets, {})),
    next: undefined,
  }))
  return (
    <Page title={t('resets.title')} width="wide" action={may('roles:change') && <NewReset />}>
      <Table
        caption={t('resets.title')}
        list={list}
        rows={list.data?.pages.flatMap(({ resets }) => resets)}
        keyOf={({ id }) => id}
        empty={t('resets.none')}
        columns={[
          [t('grants.person'), ({ userId }) => <Code>{userId}</Code>],
          [t('reason.label'), ({ note }) => note],
          [t('grants.requested'), ({ requestedAt }) => formatMoment(language, requestedAt)],
          [t('table.state'), (reset) => t(`resets.state-${reset.state}`)],
          ...(may('roles:change')
            ? [[t('table.actions'), (reset: SecondFactorReset) => <Actions reset={reset} />] as const]
            : []),
        ]}
      />
    </Page>
  )
}

/** Who requested a reset cannot approve it. */
function Actions({ reset }: { reset: SecondFactorReset }) {
  const t = useText()
  const client = useQueryClient()
  const own = useSession().signedIn?.userId === reset.requestedBy
  if (reset.state !== 'requested') return null
  const params = { id: reset.id }
  const again = () => client.invalidateQueries({ queryKey: key })
  return (
    <div className="flex flex-wrap gap-2">
      {!own && (
        <ReasonButton
          text={t('grants.approve')}
          asks="password"
          look="main"
          onGive={({ password }) =>
            call(approveSecondFactorReset, { params, body: { stepUp: { password } } }).then(again)
          }
        />
      )}
      <ReasonButton
        text={t('grants.decline')}
        onGive={({ reason }) =>
          call(declineSecondFactorReset, { params, body: { note: reason } }).then(again)
        }
      />
    </div>
  )
}

type Form = { phone: string; note: string; password: string }

function NewReset() {
  const t = useText()
  const client = useQueryClient()
  const [id, setId] = useState<string>()
  const form = useForm<Form>({ defaultValues: { phone: '', note: '', password: '' } })
  const { errors } = form.formState
  const requesting = useMutation({
    mutationFn: ({ phone, note, password }: Form) =>
      call(requestSecondFactorReset, {
        params: { id: id! },
        body: { phone: parsePhone(phone)!, note, stepUp: { password } },
      }),
    onSuccess: () => {
      setId(undefined)
      form.reset()
      return client.invalidateQueries({ queryKey: key })
    },
  })
  function open(): void {
    requesting.reset()
    form.resetField('password')
    setId(uuidv7())
  }
  return (
    <>
      <Button className="min-h-11 px-4" onClick={open}>
        {t('resets.new')}
      </Button>
      <Sheet open={id !== undefined} onClose={() => setId(undefined)} title={t('resets.new')}>
        <form
          noValidate
          className="flex flex-col gap-4"
          onSubmit={(event) => void form.handleSubmit((typed) => requesting.mutate(typed))(event)}
        >
          <p className="text-soft">{t('resets.new-about')}</p>
          <Field
            label={t('grants.phone')}
            fault={errors.phone && t('sign-in.phone-wrong')}
            before="+91"
            type="tel"
            {...form.register('phone', { validate: (typed) => parsePhone(typed) !== undefined })}
          />
          <Field
            label={t('reason.label')}
            hint={t('reason.hint')}
            fault={errors.note && t('reason.short')}
            {...form.register('note', { validate: (typed) => typed.trim().length >= 5 })}
          />
          <Field
            label={t('sign-in.password')}
            fault={errors.password && t('sign-in.password-wrong')}
            type="password"
            autoComplete="current-password"
            {...form.register('password', { required: true })}
          />
          <ProblemNote error={requesting.error} />
          <Button type="submit" busy={requesting.isPending} wide>
            {t('resets.new')}
          </Button>
        </form>
      </Sheet>
    </>
  )
}
