// One bank account: its balance behind the PIN, its UPI IDs, its PIN, and what came and went.
import type { Account } from '@bahi/contracts/account.ts'
import { useParams } from 'react-router'
import { useText } from '../../language/language.ts'
import { shortAccountNumber, useMyAccounts, useMyVpas } from '../../accounts/my-accounts.ts'
import { Balance } from '../../accounts/balance.tsx'
import { BankMark } from '@bahi/web-ui/components/bank-mark.tsx'
import { Card, Row } from '@bahi/web-ui/components/card.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Empty, Note, Skeleton } from '@bahi/web-ui/components/states.tsx'
import { ProblemState } from '../../api/problem-states.tsx'
import { AccountUse } from './account-use.tsx'
import { Tag } from './tag.tsx'
import { Statement } from './statement.tsx'

export function Component() {
  const t = useText()
  const { id } = useParams()
  const accounts = useMyAccounts()
  const account = accounts.data?.find((one) => one.id === id)
  return (
    <Page title={account?.bankName ?? t('accounts.account')} back="/accounts" width="columns">
      {accounts.isPending && <Skeleton />}
      {accounts.error && !accounts.data && (
        <ProblemState error={accounts.error} again={() => void accounts.refetch()} />
      )}
      {accounts.data && !account && <Empty icon="bank" title={t('problem.not-found')} />}
      {account && <Details account={account} />}
    </Page>
  )
}

function Details({ account }: { account: Account }) {
  const t = useText()
  const { id, bank, bankName, holderName, maskedNumber, ifsc, type, status, pinSet } = account
  const vpas = (useMyVpas().data ?? []).filter(({ accountId }) => accountId === id)
  return (
    <div className="flex flex-col gap-5 lg:grid lg:grid-cols-2 lg:items-start lg:gap-x-10">
      <div className="flex flex-col gap-5">
        <Card className="flex flex-col gap-4">
          <div className="flex items-center gap-3">
            <BankMark code={bank} name={bankName} />
            <div className="min-w-0 flex-1">
              <p className="truncate font-semibold">{holderName}</p>
              <p className="text-sm text-soft">
                {t(`accounts.${type}`)} {shortAccountNumber(maskedNumber)}
              </p>
              <p className="text-sm text-soft">IFSC {ifsc}</p>
            </div>
            {status !== 'active' && <Tag look="bad">{t(`accounts.${status}`)}</Tag>}
          </div>
          {status === 'active' ? (
            <Balance account={account} />
          ) : (
            <Note tone="bad">{t(`accounts.${status}-why`)}</Note>
          )}
        </Card>

        <section aria-labelledby="upi-ids" className="flex flex-col gap-2">
          <h2 id="upi-ids" className="text-lg font-semibold">
            {t('upi-ids.here')}
          </h2>
          <div className="rounded-card border border-line bg-card p-1">
            {vpas.map(({ vpa, primary }) => (
              <Row
                key={vpa}
                to={`/upi-ids?vpa=${encodeURIComponent(vpa)}`}
                left={<Icon name="qr" className="size-6 text-accent" />}
                title={vpa}
                {...(primary ? { right: <Tag look="good">{t('upi-ids.primary')}</Tag> } : {})}
              />
            ))}
            <Row
              to={`/upi-ids/new?account=${id}`}
              left={<Icon name="plus" className="size-6 text-accent" />}
              title={t('upi-ids.new')}
            />
          </div>
        </section>

        {status === 'active' && (
          <section aria-labelledby="pin" className="flex flex-col gap-2">
            <h2 id="pin" className="text-lg font-semibold">
              {t('accounts.pin')}
            </h2>
            <div className="rounded-card border border-line bg-card p-1">
              {pinSet && (
                <Row
                  to={`/accounts/${id}/pin?change`}
                  left={<Icon name="lock" className="size-6 text-accent" />}
                  title={t('accounts.pin-change')}
                  under={t('accounts.pin-change-why')}
                />
              )}
              <Row
                to={`/accounts/${id}/pin`}
                left={<Icon name="lock" className="size-6 text-accent" />}
                title={t(pinSet ? 'accounts.pin-reset' : 'accounts.pin-set')}
                under={t('accounts.pin-reset-why')}
              />
            </div>
          </section>
        )}
        <AccountUse account={account} />
      </div>
      <section aria-labelledby="statement" className="flex flex-col gap-2">
        <h2 id="statement" className="text-lg font-semibold">
          {t('accounts.statement')}
        </h2>
        <Statement account={account} />
      </section>
    </div>
  )
}
