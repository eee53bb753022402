// Second factors that were lost: one administrator requests a reset, another approves it, and the person enrols anew.
import {
  approveSecondFactorReset,
  declineSecondFactorReset,
  listSecondFactorResets,
  requestSecondFactorReset,
  type SecondFactorReset,
} from '@bahi/contracts/second-factor.ts'
import { useNow } from '@bahi/web-ui/browser/now.ts'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { formatMoment } from '@bahi/web-ui/format/dates.ts'
import { useQuery } from '@tanstack/react-query'
import { call } from '../../api/client.ts'
import { useAgain } from '../../api/use-again.ts'
import { Decide } from '../../components/decide.tsx'
import { PersonLink } from '../../components/person-link.tsx'
import { ReasonButton } from '../../components/reason-form.tsx'
import { Table } from '../../components/table.tsx'
import { useLanguage, useText } from '../../language/language.ts'
import { useMay } from '../../session/session.ts'

const key = ['factor-resets'] as const

export function Component() {
  const t = useText()
  const may = useMay()
  const { language } = useLanguage()
  const nowMs = useNow(60_000)
  const isExpired = ({ state, expiresAt }: SecondFactorReset) =>
    state === 'requested' && Date.parse(expiresAt) <= nowMs
  const list = useQuery({ queryKey: key, queryFn: () => call(listSecondFactorResets, {}) })
  return (
    <Page title={t('resets.title')} width="wide" action={may('roles:change') && <NewReset />}>
      <Table
        caption={t('resets.title')}
        list={list}
        rows={list.data?.resets}
        keyOf={({ id }) => id}
        empty={t('resets.none')}
        columns={[
          [t('grants.person'), ({ userId }) => <PersonLink userId={userId} />],
          [t('reason.label'), ({ note }) => note],
          [t('grants.requested'), ({ requestedAt }) => formatMoment(language, requestedAt)],
          [
            t('table.state'),
            (reset) => t(isExpired(reset) ? 'resets.state-expired' : `resets.state-${reset.state}`),
          ],
          ...(may('roles:change')
            ? [
                [
                  t('table.actions'),
                  (reset: SecondFactorReset) => <Actions reset={reset} isExpired={isExpired(reset)} />,
                ] as const,
              ]
            : []),
        ]}
      />
    </Page>
  )
}

function Actions({ reset, isExpired }: { reset: SecondFactorReset; isExpired: boolean }) {
  const again = useAgain(key)
  const params = { id: reset.id }
  if (reset.state !== 'requested') return null
  return (
    <Decide
      requestedBy={reset.requestedBy}
      withPassword
      isExpired={isExpired}
      onApprove={(password) =>
        call(approveSecondFactorReset, { params, body: { stepUp: { password } } }).then(again)
      }
      onDecline={(note) => call(declineSecondFactorReset, { params, body: { note } }).then(again)}
    />
  )
}

function NewReset() {
  const t = useText()
  const again = useAgain(key)
  return (
    <ReasonButton
      text={t('resets.new')}
      about={t('resets.new-about')}
      asks={['phone', 'reason', 'password']}
      look="main"
      onGive={({ id, phone, reason, password }) =>
        call(requestSecondFactorReset, {
          params: { id },
          body: { phone, note: reason, stepUp: { password } },
        }).then(again)
      }
    />
  )
}
