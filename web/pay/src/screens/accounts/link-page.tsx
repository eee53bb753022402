// Links a bank account: the bank, then which of the accounts it holds for my phone; in a sandbox, a new one.
import type { Bank } from '@bahi/contracts/account.ts'
import { useEffect, useRef } from 'react'
import { useNavigate, useSearchParams } from 'react-router'
import { useBanks } from '../../accounts/use-banks.ts'
import { useText } from '../../language/language.ts'
import { shortAccountNumber, useMe, useMyVpas } from '../../accounts/my-accounts.ts'
import { formatPhone } from '@bahi/contracts/phone.ts'
import { useIsSandbox } from '../../sandbox/sandbox.ts'
import { BankMark } from '@bahi/web-ui/components/bank-mark.tsx'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Row } from '@bahi/web-ui/components/card.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Skeleton } from '@bahi/web-ui/components/states.tsx'
import { ProblemState, ProblemNote } from '../../api/problem-states.tsx'
import { Tag } from './tag.tsx'
import { OpenedAccount } from './opened-account.tsx'
import { useDiscovery, useLinking, useOpening, type Card, type DiscoveredAccount } from './use-accounts.ts'

export function Component() {
  const t = useText()
  const banks = useBanks()
  const [query, setQuery] = useSearchParams()
  const chosen = banks.data?.find(({ code }) => code === query.get('bank'))
  if (chosen) return <ChooseAccount bank={chosen} />
  return (
    <Page title={t('accounts.choose-bank')} back="/accounts">
      <p className="text-soft">{t('accounts.choose-bank-why')}</p>
      {banks.isPending && <Skeleton />}
      {banks.error && !banks.data && <ProblemState error={banks.error} again={() => void banks.refetch()} />}
      <ul className="flex flex-col gap-2">
        {banks.data?.map((bank) => (
          <li key={bank.code} className="rounded-card border border-line bg-card p-1">
            <Row
              onClick={() => setQuery({ bank: bank.code })}
              left={<BankMark code={bank.code} name={bank.name} />}
              title={bank.name}
              right={<Icon name="right" className="size-5 text-soft" />}
            />
          </li>
        ))}
      </ul>
    </Page>
  )
}

function ChooseAccount({ bank }: { bank: Bank }) {
  const t = useText()
  const navigate = useNavigate()
  const profile = useMe()
  const vpas = useMyVpas()
  const isSandbox = useIsSandbox()
  const { mutate: discover, ...discovery } = useDiscovery()
  const opening = useOpening()
  const linking = useLinking()
  const asked = useRef('')
  useEffect(() => {
    // Once for a bank: it counts how often it is asked.
    if (asked.current === bank.code) return
    asked.current = bank.code
    discover(bank.code)
  }, [bank.code, discover])

  const link = (accountRef: string, card?: Card) =>
    linking.mutate(
      { bank: bank.code, accountRef },
      {
        onSuccess: ({ id, pinSet }) => {
          const afterPin = vpas.data?.length === 0 ? `/upi-ids/new?account=${id}` : `/accounts/${id}`
          void navigate(pinSet ? afterPin : `/accounts/${id}/pin`, { replace: true, state: { card } })
        },
      },
    )
  const open = () => {
    if (profile.data) opening.mutate({ bank: bank.code, phone: profile.data.phone, name: profile.data.name })
  }
  if (opening.data) {
    const { accountRef, card } = opening.data
    return (
      <Page title={t('accounts.opened')} back="/accounts">
        <OpenedAccount
          opened={opening.data}
          bankName={bank.name}
          busy={linking.isPending}
          error={linking.error}
          onNext={() => link(accountRef, { last6: card.last6, expiry: card.expiry })}
        />
      </Page>
    )
  }
  const found = discovery.data?.accounts ?? []
  const phone = formatPhone(profile.data?.phone ?? '').replaceAll(' ', '\u00a0')
  return (
    <Page title={bank.name} back="/accounts/link">
      {discovery.isPending && (
        <>
          <p className="text-soft">{t('accounts.asking-bank', { bank: bank.name })}</p>
          <Skeleton lines={2} />
        </>
      )}
      {discovery.error && <ProblemState error={discovery.error} again={() => discover(bank.code)} />}
      <div role="status" className="text-soft">
        {discovery.data &&
          (found.length === 0
            ? t('accounts.found-none', { bank: bank.name, phone })
            : t('accounts.found', { count: found.length, bank: bank.name, phone }))}
      </div>
      <ProblemNote error={linking.error ?? opening.error} />
      <ul className="flex flex-col gap-2">
        {found.map((account) => (
          <li key={account.accountRef} className="rounded-card border border-line bg-card p-1">
            <DiscoveredAccountRow
              account={account}
              bankName={bank.name}
              busy={linking.isPending}
              onChoose={() => link(account.accountRef)}
            />
          </li>
        ))}
      </ul>
      {isSandbox && discovery.data && (
        <section className="flex flex-col gap-3 rounded-card bg-tint p-5">
          <h2 className="text-lg font-semibold">{t('accounts.sandbox-account')}</h2>
          <p>{t('accounts.sandbox-account-why', { bank: bank.name })}</p>
          <Button wide look={found.length > 0 ? 'quiet' : 'main'} busy={opening.isPending} onClick={open}>
            {t('accounts.sandbox-account-open')}
          </Button>
        </section>
      )}
    </Page>
  )
}

type FoundRowProps = { account: DiscoveredAccount; bankName: string; busy: boolean; onChoose: () => void }

function DiscoveredAccountRow({ account, bankName, busy, onChoose }: FoundRowProps) {
  const t = useText()
  const { linked, bank, maskedNumber, holderName, type } = account
  const rest = {
    left: <BankMark code={bank} name={bankName} />,
    title: `${t(`accounts.${type}`)} ${shortAccountNumber(maskedNumber)}`,
    under: holderName,
  }
  if (linked) return <Row {...rest} right={<Tag look="good">{t('accounts.linked')}</Tag>} />
  return (
    <Row
      {...rest}
      {...(busy ? {} : { onClick: onChoose })}
      right={<span className="px-2 font-semibold text-accent">{t('accounts.choose')}</span>}
    />
  )
}
