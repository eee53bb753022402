// Grants of staff roles: those that wait for a second administrator, those in effect, and what became of the others.
import {
  approveRoleGrant,
  declineRoleGrant,
  grantStates,
  listRoleGrants,
  requestRoleGrant,
  revokeRoleGrant,
  type RoleGrant,
} from '@bahi/contracts/roles.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { grantedRoles, type GrantedRole } from '@bahi/contracts/permissions.ts'
import { parsePhone } from '@bahi/contracts/phone.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Select } from '@bahi/web-ui/components/select.tsx'
import { Sheet } from '@bahi/web-ui/components/sheet.tsx'
import { formatMoment } from '@bahi/web-ui/format/dates.ts'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { call } from '../../api/client.ts'
import { ProblemNote } from '../../api/problems.tsx'
import { usePages } from '../../api/use-pages.ts'
import { useFilters } from '../../components/filters.tsx'
import { ReasonButton } from '../../components/reason-form.tsx'
import { PersonLink } from '../../components/person-link.tsx'
import { Table } from '../../components/table.tsx'
import { useLanguage, useText } from '../../language/language.ts'
import { useMay, useSession } from '../../session/session.ts'

const key = ['grants'] as const

export function Component() {
  const t = useText()
  const may = useMay()
  const { language } = useLanguage()
  const { filters, setFilter } = useFilters(['state'])
  const state = grantStates.find((one) => one === filters.state) ?? 'requested'
  const list = usePages('before', [...key, state], (page) =>
    call(listRoleGrants, { querystring: { state, ...page } }),
  )
  return (
    <Page title={t('grants.title')} width="wide" action={may('roles:change') && <NewGrant />}>
      <div className="max-w-xs">
        <Select label={t('grants.state')} value={state} onValue={(value) => setFilter('state', value)}>
          {grantStates.map((one) => (
            <option key={one} value={one}>
              {t(`grants.state-${one}`)}
            </option>
          ))}
        </Select>
      </div>
      <Table
        caption={t('grants.title')}
        list={list}
        rows={list.data?.pages.flatMap(({ grants }) => grants)}
        keyOf={({ id }) => id}
        empty={t('grants.none')}
        columns={[
          [t('grants.role'), ({ role }) => <strong>{role}</strong>],
          [t('grants.person'), ({ userId }) => <PersonLink userId={userId} />],
          [t('reason.label'), ({ note }) => note],
          [t('grants.requested'), ({ requestedAt }) => formatMoment(language, requestedAt)],
          [t('grants.ends'), ({ endsAt }) => formatMoment(language, endsAt)],
          ...(may('roles:change')
            ? [[t('table.actions'), (grant: RoleGrant) => <Actions grant={grant} />] as const]
            : []),
        ]}
      />
    </Page>
  )
}

/** Who requested a grant cannot approve it. */
function Actions({ grant }: { grant: RoleGrant }) {
  const t = useText()
  const client = useQueryClient()
  const own = useSession().signedIn?.userId === grant.requestedBy
  const params = { id: grant.id }
  const again = () => client.invalidateQueries({ queryKey: key })
  if (grant.state === 'requested') {
    return (
      <div className="flex flex-wrap gap-2">
        {!own && (
          <ReasonButton
            text={t('grants.approve')}
            asks="password"
            look="main"
            onGive={({ password }) =>
              call(approveRoleGrant, { params, body: { stepUp: { password } } }).then(again)
            }
          />
        )}
        <ReasonButton
          text={t('grants.decline')}
          onGive={({ reason }) => call(declineRoleGrant, { params, body: { note: reason } }).then(again)}
        />
      </div>
    )
  }
  if (grant.state !== 'active') return null
  return (
    <ReasonButton
      text={t('grants.revoke')}
      onGive={({ reason }) => call(revokeRoleGrant, { params, body: { note: reason } }).then(again)}
    />
  )
}

type Form = { phone: string; role: GrantedRole; days: string; note: string; password: string }

function NewGrant() {
  const t = useText()
  const client = useQueryClient()
  const [id, setId] = useState<string>()
  const form = useForm<Form>({
    defaultValues: { phone: '', role: 'support', days: '90', note: '', password: '' },
  })
  const { errors } = form.formState
  const requesting = useMutation({
    mutationFn: ({ phone, role, days, note, password }: Form) =>
      call(requestRoleGrant, {
        params: { id: id! },
        body: { phone: parsePhone(phone)!, role, note, days: Number(days), stepUp: { password } },
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
        {t('grants.new')}
      </Button>
      <Sheet open={id !== undefined} onClose={() => setId(undefined)} title={t('grants.new')}>
        <form
          noValidate
          className="flex flex-col gap-4"
          onSubmit={(event) => void form.handleSubmit((typed) => requesting.mutate(typed))(event)}
        >
          <Field
            label={t('grants.phone')}
            fault={errors.phone && t('sign-in.phone-wrong')}
            before="+91"
            type="tel"
            {...form.register('phone', { validate: (typed) => parsePhone(typed) !== undefined })}
          />
          <Select
            label={t('grants.role')}
            value={form.watch('role')}
            onValue={(role) => form.setValue('role', role as GrantedRole)}
          >
            {grantedRoles.map((role) => (
              <option key={role}>{role}</option>
            ))}
          </Select>
          <Field
            label={t('grants.days')}
            fault={errors.days && t('grants.days-wrong')}
            inputMode="numeric"
            {...form.register('days', {
              validate: (typed) => /^\d+$/.test(typed) && Number(typed) >= 1 && Number(typed) <= 3_650,
            })}
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
            {t('grants.new')}
          </Button>
        </form>
      </Sheet>
    </>
  )
}
