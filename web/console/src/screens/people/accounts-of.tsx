// Accounts and UPI IDs of a person, masked; never a balance.
import { showPersonAccounts } from '@bahi/contracts/person-look-up.ts'
import { formatMoment } from '@bahi/web-ui/format/dates.ts'
import { useQuery } from '@tanstack/react-query'
import { call } from '../../api/client.ts'
import { Section, Table } from '../../components/table.tsx'
import { useLanguage, useText } from '../../language/language.ts'

export function AccountsOf({ userId }: { userId: string }) {
  const t = useText()
  const { language } = useLanguage()
  const list = useQuery({
    queryKey: ['person', userId, 'accounts'],
    queryFn: () => call(showPersonAccounts, { params: { userId } }),
  })
  const accounts = list.data?.accounts
  return (
    <>
      <Section title={t('people.accounts')}>
        <Table
          caption={t('people.accounts')}
          list={list}
          rows={accounts}
          keyOf={({ id }) => id}
          empty={t('people.no-accounts')}
          columns={[
            [t('people.bank'), ({ bankName }) => bankName],
            [t('people.account'), ({ maskedNumber }) => maskedNumber],
            [t('table.state'), ({ status }) => t(`people.account-${status}`)],
            ['UPI PIN', ({ pinSet }) => t(pinSet ? 'people.pin-set' : 'people.pin-none')],
            [t('people.linked'), ({ linkedAt }) => formatMoment(language, linkedAt)],
          ]}
        />
      </Section>
      <Section title={t('people.upi-ids')}>
        <Table
          caption={t('people.upi-ids')}
          list={list}
          rows={list.data?.upiIds}
          keyOf={({ vpa, createdAt }) => `${vpa} ${createdAt}`}
          empty={t('people.no-upi-ids')}
          columns={[
            ['UPI ID', ({ vpa }) => vpa],
            [t('people.primary'), ({ primary }) => t(primary ? 'kyc.yes' : 'kyc.no')],
            [
              t('people.account'),
              ({ accountId }) => accounts?.find(({ id }) => id === accountId)?.maskedNumber ?? '–',
            ],
            [t('people.made'), ({ createdAt }) => formatMoment(language, createdAt)],
          ]}
        />
      </Section>
    </>
  )
}
