// My bank accounts, and the way to link another one.
import type { Account } from '@bahi/contracts/account.ts'
import { useText } from '../../language/language.ts'
import { shortAccountNumber, primaryAccount, useMyAccounts, useMyVpas } from '../../accounts/my-accounts.ts'
import { BankMark } from '@bahi/web-ui/components/bank-mark.tsx'
import { LinkButton } from '@bahi/web-ui/components/button.tsx'
import { Row } from '@bahi/web-ui/components/card.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Empty, Skeleton } from '@bahi/web-ui/components/states.tsx'
import { ProblemState } from '../../api/problem-states.tsx'
import { Tag } from './tag.tsx'

export function Component() {
  const t = useText()
  const accounts = useMyAccounts()
  const vpas = useMyVpas()
  const primary = primaryAccount(accounts.data ?? [], vpas.data ?? [])
  return (
    <Page title={t('accounts.title')} back="/">
      {accounts.isPending && <Skeleton />}
      {accounts.isError && !accounts.data && (
        <ProblemState error={accounts.error} again={() => void accounts.refetch()} />
      )}
      {accounts.data?.length === 0 && (
        <Empty icon="bank" title={t('accounts.none')}>
          <p className="text-soft">{t('accounts.none-why')}</p>
          <LinkButton to="/accounts/link" className="mt-2">
            {t('accounts.link')}
          </LinkButton>
        </Empty>
      )}
      {accounts.data && accounts.data.length > 0 && (
        <>
          <ul className="flex flex-col gap-2">
            {accounts.data.map((account) => (
              <li key={account.id} className="rounded-card border border-line bg-card p-1">
                <AccountRow account={account} isPrimary={account.id === primary?.id} />
              </li>
            ))}
          </ul>
          <LinkButton to="/accounts/link" look="quiet" wide>
            <Icon name="plus" />
            {t('accounts.link-another')}
          </LinkButton>
        </>
      )}
      <section className="rounded-card border border-line bg-card p-1">
        <Row
          to="/upi-ids"
          left={<Icon name="qr" className="size-6 text-accent" />}
          title={t('upi-ids.and-numbers')}
          under={vpas.data?.map(({ vpa }) => vpa).join(', ') || t('upi-ids.none')}
        />
      </section>
    </Page>
  )
}

function AccountRow({ account, isPrimary }: { account: Account; isPrimary: boolean }) {
  const t = useText()
  const { id, bankName, maskedNumber, type, status, pinSet } = account
  return (
    <Row
      to={`/accounts/${id}`}
      left={<BankMark code={account.bank} name={account.bankName} />}
      title={`${bankName} ${shortAccountNumber(maskedNumber)}`}
      under={[t(`accounts.${type}`), ...(isPrimary ? [t('accounts.primary')] : [])].join(' · ')}
      right={
        <span className="flex items-center gap-1">
          {status !== 'active' ? (
            <Tag look="bad">{t(`accounts.${status}`)}</Tag>
          ) : (
            !pinSet && <Tag look="wait">{t('accounts.no-pin')}</Tag>
          )}
          <Icon name="right" className="size-5 text-soft" />
        </span>
      }
    />
  )
}
