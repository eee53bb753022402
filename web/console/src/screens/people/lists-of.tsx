// What belongs to a person and can be long, a page at a time: payments, mandates, messages, roles, audit records.
import { listActs } from '@bahi/contracts/acts.ts'
import { formatRupees } from '@bahi/contracts/formats.ts'
import { findPayments } from '@bahi/contracts/look-up.ts'
import { listPersonDeliveries, listPersonMandates } from '@bahi/contracts/person-look-up.ts'
import { listRoleGrants } from '@bahi/contracts/roles.ts'
import { formatExactMoment, formatMoment } from '@bahi/web-ui/format/dates.ts'
import { call } from '../../api/client.ts'
import { usePages } from '../../api/use-pages.ts'
import { PersonLink } from '../../components/person-link.tsx'
import { statusText } from '../../components/status-text.ts'
import { CellLink, Code, Section, Table } from '../../components/table.tsx'
import { useLanguage, useText } from '../../language/language.ts'

const limit = 10
type Of = { userId: string }

export function PaymentsOf({ userId }: Of) {
  const t = useText()
  const { language } = useLanguage()
  const list = usePages('before', ['person', userId, 'payments'], (page) =>
    call(findPayments, { querystring: { userId, ...page, limit } }),
  )
  return (
    <Section title={t('people.payments')}>
      <Table
        caption={t('people.payments')}
        list={list}
        rows={list.data?.pages.flatMap(({ payments }) => payments)}
        keyOf={({ id }) => id}
        empty={t('payments.none')}
        columns={[
          [
            t('payments.at'),
            ({ id, createdAt }) => (
              <CellLink to={`/payments/${id}`}>{formatExactMoment(language, createdAt)}</CellLink>
            ),
          ],
          [t('payments.amount'), ({ amountPaise }) => formatRupees(amountPaise), 'number'],
          [t('people.side'), ({ payer }) => t(payer.userId === userId ? 'payments.payer' : 'payments.payee')],
          [t('people.with'), ({ payer, payee }) => (payer.userId === userId ? payee.vpa : payer.vpa)],
          [t('table.state'), (payment) => statusText(t, payment)],
        ]}
      />
    </Section>
  )
}

export function MandatesOf({ userId }: Of) {
  const t = useText()
  const { language } = useLanguage()
  const list = usePages('before', ['person', userId, 'mandates'], (page) =>
    call(listPersonMandates, { params: { userId }, querystring: { ...page, limit } }),
  )
  return (
    <Section title={t('people.mandates')}>
      <Table
        caption={t('people.mandates')}
        list={list}
        rows={list.data?.pages.flatMap(({ mandates }) => mandates)}
        keyOf={({ id }) => id}
        empty={t('people.no-mandates')}
        columns={[
          [t('people.made'), ({ createdAt }) => formatMoment(language, createdAt)],
          [t('payments.amount'), ({ amountPaise }) => formatRupees(amountPaise), 'number'],
          [t('people.recurrence'), ({ recurrence }) => recurrence],
          [t('people.side'), ({ direction }) => t(`payments.${direction}`)],
          [t('people.with'), ({ counterpart }) => counterpart],
          [t('table.state'), ({ status }) => status],
          [t('people.valid-to'), ({ validTo }) => validTo],
        ]}
      />
    </Section>
  )
}

export function DeliveriesOf({ userId }: Of) {
  const t = useText()
  const { language } = useLanguage()
  const list = usePages('before', ['person', userId, 'deliveries'], (page) =>
    call(listPersonDeliveries, { params: { userId }, querystring: { ...page, limit } }),
  )
  return (
    <Section title={t('people.deliveries')}>
      <Table
        caption={t('people.deliveries')}
        list={list}
        rows={list.data?.pages.flatMap(({ deliveries }) => deliveries)}
        keyOf={({ id }) => id}
        empty={t('people.no-deliveries')}
        columns={[
          [t('audit.at'), ({ at }) => formatExactMoment(language, at)],
          [t('people.channel'), ({ channel }) => channel],
          [t('people.to'), ({ to }) => to],
          [t('people.message'), ({ template }) => <Code>{template}</Code>],
          [
            t('table.state'),
            ({ status, error, report }) => [status, report, error].filter(Boolean).join(' · '),
          ],
        ]}
      />
    </Section>
  )
}

export function GrantsOf({ userId }: Of) {
  const t = useText()
  const { language } = useLanguage()
  const list = usePages('before', ['grants', userId], (page) =>
    call(listRoleGrants, { querystring: { userId, ...page, limit } }),
  )
  return (
    <Section title={t('people.roles')}>
      <Table
        caption={t('people.roles')}
        list={list}
        rows={list.data?.pages.flatMap(({ grants }) => grants)}
        keyOf={({ id }) => id}
        empty={t('people.no-roles')}
        columns={[
          [t('grants.role'), ({ role }) => <strong>{role}</strong>],
          [t('table.state'), ({ state }) => t(`grants.state-${state}`)],
          [t('reason.label'), ({ note }) => note],
          [t('grants.requested'), ({ requestedAt }) => formatMoment(language, requestedAt)],
          [t('grants.ends'), ({ endsAt }) => formatMoment(language, endsAt)],
        ]}
      />
    </Section>
  )
}

/** What staff did about this person, or saw of them. */
export function ActsOf({ userId }: Of) {
  const t = useText()
  const { language } = useLanguage()
  const list = usePages('before', ['acts', userId], (page: { limit: number; before?: number }) =>
    call(listActs, { querystring: { object: userId, ...page, limit } }),
  )
  return (
    <Section title={t('people.acts')}>
      <Table
        caption={t('people.acts')}
        list={list}
        rows={list.data?.pages.flatMap(({ acts }) => acts)}
        keyOf={({ seq }) => String(seq)}
        empty={t('audit.none')}
        columns={[
          [t('audit.at'), ({ at }) => formatExactMoment(language, at)],
          [t('audit.type'), ({ kind }) => <strong>{kind}</strong>],
          [t('people.actor'), ({ actor }) => (actor === undefined ? '–' : <PersonLink userId={actor} />)],
          [t('audit.data'), ({ data }) => (typeof data['operation'] === 'string' ? data['operation'] : '')],
        ]}
      />
    </Section>
  )
}
