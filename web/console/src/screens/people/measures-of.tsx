// Measures about people as a table: those that wait are approved by somebody else than who requested them, or declined.
import {
  approveMeasure,
  declineMeasure,
  listMeasures,
  requestMeasure,
  type Measure,
  type MeasureKind,
} from '@bahi/contracts/measures.ts'
import { Card } from '@bahi/web-ui/components/card.tsx'
import { formatMoment } from '@bahi/web-ui/format/dates.ts'
import { useQueryClient } from '@tanstack/react-query'
import { call } from '../../api/client.ts'
import { useAgain } from '../../api/use-again.ts'
import { usePages } from '../../api/use-pages.ts'
import { Decide } from '../../components/decide.tsx'
import { PersonLink } from '../../components/person-link.tsx'
import { ReasonButton } from '../../components/reason-form.tsx'
import { Section, Table } from '../../components/table.tsx'
import { useLanguage, useText } from '../../language/language.ts'
import { useSession } from '../../session/session.ts'
import { useSignInOf } from './use-sign-in-of.ts'

const key = ['measures'] as const

/** What is asked for again once one was requested, approved or declined. Nothing else: each look is on record. */
function useChanged(userId: string) {
  const client = useQueryClient()
  const listed = useAgain(key)
  /** The person may be frozen now, or free: what shows it. */
  const approved = () =>
    Promise.all([
      listed(),
      ...['sign-in', 'accounts'].map((part) =>
        client.invalidateQueries({ queryKey: ['person', userId, part] }),
      ),
    ])
  return { listed, approved }
}

type MeasuresProps = { filter: { userId?: string; state?: Measure['state'] }; withPerson?: boolean }

export function Measures({ filter, withPerson = false }: MeasuresProps) {
  const t = useText()
  const { language } = useLanguage()
  const list = usePages('before', [...key, filter], (page) =>
    call(listMeasures, { querystring: { ...filter, ...page, limit: 20 } }),
  )
  return (
    <Table
      caption={t('measures.title')}
      list={list}
      rows={list.data?.pages.flatMap(({ measures }) => measures)}
      keyOf={({ id }) => id}
      empty={t('measures.none')}
      columns={[
        [
          t('measures.kind'),
          ({ kind, phoneEnding }) => (
            <strong>
              {t(`measures.${kind}`)} {phoneEnding !== undefined && `••••${phoneEnding}`}
            </strong>
          ),
        ],
        ...(withPerson
          ? [[t('grants.person'), ({ userId }: Measure) => <PersonLink userId={userId} />] as const]
          : []),
        [t('table.state'), ({ state }) => t(`measures.state-${state}`)],
        [t('reason.label'), ({ note, decisionNote }) => decisionNote ?? note],
        [t('grants.requested'), ({ requestedAt }) => formatMoment(language, requestedAt)],
        [t('measures.by'), ({ requestedBy }) => <PersonLink userId={requestedBy} />],
        [t('table.actions'), (measure) => <Actions measure={measure} />],
      ]}
    />
  )
}

function Actions({ measure: { id, state, requestedBy, userId } }: { measure: Measure }) {
  const { listed, approved } = useChanged(userId)
  const own = useSession().signedIn?.userId
  const params = { id }
  if (state !== 'requested' || userId === own) return '–'
  return (
    <Decide
      requestedBy={requestedBy}
      onApprove={() => call(approveMeasure, { params }).then(approved)}
      onDecline={(note) => call(declineMeasure, { params, body: { note } }).then(listed)}
    />
  )
}

/** What can be requested about this person, and what was. */
export function MeasuresOf({ userId }: { userId: string }) {
  const t = useText()
  const listed = useAgain(key)
  const { language } = useLanguage()
  const { data } = useSignInOf(userId)
  const frozenAt = data?.frozenAt
  const ask = (kind: MeasureKind) => (
    <ReasonButton
      text={t(`measures.ask-${kind}`)}
      {...(kind === 'restore-sign-in'
        ? { asks: ['phone', 'reason'], about: t('measures.restore-about') }
        : {})}
      onGive={({ id, reason, phone }) =>
        call(requestMeasure, {
          params: { id },
          body: { userId, kind, note: reason, ...(kind === 'restore-sign-in' ? { phone } : {}) },
        }).then(listed)
      }
    />
  )
  return (
    <Section title={t('measures.title')}>
      {data && (
        <Card className="flex flex-col gap-3">
          {frozenAt !== undefined && (
            <p className="font-semibold text-bad">
              {t('measures.frozen', { time: formatMoment(language, frozenAt) })}
            </p>
          )}
          <p className="text-sm text-soft">{t('measures.hint')}</p>
          <div className="flex flex-wrap gap-3">
            {ask(frozenAt === undefined ? 'freeze' : 'unfreeze')}
            {frozenAt === undefined && ask('end-sessions')}
            {ask('release-phone')}
            {ask('restore-sign-in')}
          </div>
        </Card>
      )}
      <Measures filter={{ userId }} />
    </Section>
  )
}
