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
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Select } from '@bahi/web-ui/components/select.tsx'
import { formatMoment } from '@bahi/web-ui/format/dates.ts'
import { call } from '../../api/client.ts'
import { useAgain } from '../../api/use-again.ts'
import { usePages } from '../../api/use-pages.ts'
import { Decide } from '../../components/decide.tsx'
import { useFilters } from '../../components/filters.tsx'
import { ReasonButton } from '../../components/reason-form.tsx'
import { PersonLink } from '../../components/person-link.tsx'
import { SavedViews } from '../../components/saved-views.tsx'
import { Table } from '../../components/table.tsx'
import { useLanguage, useText } from '../../language/language.ts'
import { useMay } from '../../session/session.ts'

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
      <SavedViews list="grants" filters={filters} />
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

function Actions({ grant }: { grant: RoleGrant }) {
  const t = useText()
  const again = useAgain(key)
  const params = { id: grant.id }
  if (grant.state === 'requested') {
    return (
      <Decide
        requestedBy={grant.requestedBy}
        withPassword
        onApprove={(password) =>
          call(approveRoleGrant, { params, body: { stepUp: { password } } }).then(again)
        }
        onDecline={(note) => call(declineRoleGrant, { params, body: { note } }).then(again)}
      />
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

function NewGrant() {
  const t = useText()
  const again = useAgain(key)
  return (
    <ReasonButton
      text={t('grants.new')}
      asks={['phone', 'role', 'days', 'reason', 'password']}
      look="main"
      onGive={({ id, phone, role, days, reason, password }) =>
        call(requestRoleGrant, {
          params: { id },
          body: { phone, role, note: reason, days, stepUp: { password } },
        }).then(again)
      }
    />
  )
}
