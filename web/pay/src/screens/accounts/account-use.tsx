// What a bank account is used for: whether it pays, and is paid, by default; and unlinking it.
import type { Account } from '@bahi/contracts/account.ts'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { useText } from '../../language/language.ts'
import { shortAccountNumber, useMyAccounts, useMyVpas, type MyVpa } from '../../accounts/my-accounts.ts'
import { useChangeVpa } from '../../accounts/use-vpas.ts'
import { OfflineNote } from '../../api/offline-note.tsx'
import { ProblemNote } from '../../api/problem-states.tsx'
import { useOnline } from '@bahi/web-ui/browser/online.ts'
import { Button, LinkButton } from '@bahi/web-ui/components/button.tsx'
import { Row } from '@bahi/web-ui/components/card.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { Sheet } from '@bahi/web-ui/components/sheet.tsx'
import { Tag } from './tag.tsx'
import { useMakeDefault, useUnlinking } from './use-accounts.ts'

export function AccountUse({ account }: { account: Account }) {
  const t = useText()
  const { id, bankName, status } = account
  const vpas = useMyVpas().data ?? []
  const primary = vpas.find((one) => one.primary)
  const isOnline = useOnline()
  const choosing = useMakeDefault()
  const moving = useChangeVpa()
  const [isUnlinking, setIsUnlinking] = useState(false)
  const here = <Tag look="good">{t('accounts.default')}</Tag>
  return (
    <section aria-labelledby="use" className="flex flex-col gap-2">
      <h2 id="use" className="text-lg font-semibold">
        {t('accounts.use')}
      </h2>
      <ProblemNote error={choosing.error ?? moving.error} />
      <OfflineNote />
      <div className="rounded-card border border-line bg-card p-1">
        {status === 'active' && (
          <Row
            {...(account.default ? { right: here } : isOnline ? { onClick: () => choosing.mutate(id) } : {})}
            left={<Icon name="send" className="size-6 text-accent" />}
            title={t('accounts.default-send')}
            under={t('accounts.default-send-why')}
          />
        )}
        {status === 'active' && primary && (
          <Row
            {...(primary.accountId === id
              ? { right: here }
              : isOnline
                ? { onClick: () => moving.mutate({ vpa: primary.vpa, change: { accountId: id } }) }
                : {})}
            left={<Icon name="receive" className="size-6 text-accent" />}
            title={t('accounts.default-receive')}
            under={t('accounts.default-receive-why', { vpa: primary.vpa })}
          />
        )}
        <Row
          onClick={() => setIsUnlinking(true)}
          left={<Icon name="cross" className="size-6 text-bad" />}
          title={t('accounts.unlink')}
          under={t('accounts.unlink-row-why', { bank: bankName })}
        />
      </div>
      <Sheet open={isUnlinking} onClose={() => setIsUnlinking(false)} title={t('accounts.unlink')}>
        {isUnlinking && (
          <Unlink account={account} leading={vpas.filter(({ accountId }) => accountId === id)} />
        )}
      </Sheet>
    </section>
  )
}

/** UPI IDs that lead to it are led to another account, which is chosen here; without another they are closed first. */
function Unlink({ account, leading }: { account: Account; leading: MyVpa[] }) {
  const t = useText()
  const navigate = useNavigate()
  const others = (useMyAccounts().data ?? []).filter(
    ({ id, status }) => id !== account.id && status === 'active',
  )
  const [target, setTarget] = useState(others[0]?.id)
  const isOnline = useOnline()
  const unlinking = useUnlinking()
  const names = leading.map(({ vpa }) => vpa).join(', ')
  if (leading.length > 0 && target === undefined) {
    return (
      <>
        <p>{t('accounts.unlink-vpas-first', { vpas: names })}</p>
        <LinkButton to={`/upi-ids?vpa=${encodeURIComponent(leading[0]!.vpa)}`} wide>
          {t('upi-ids.close')}
        </LinkButton>
      </>
    )
  }
  return (
    <>
      <p className="text-soft">{t('accounts.unlink-why', { bank: account.bankName })}</p>
      {leading.length > 0 && (
        <fieldset className="flex flex-col gap-1" disabled={unlinking.isPending}>
          <legend className="mb-2 font-semibold">{t('accounts.unlink-move', { vpas: names })}</legend>
          {others.map(({ id, bankName, maskedNumber }) => (
            <label
              key={id}
              className="flex min-h-14 cursor-pointer items-center gap-3 rounded-2xl border border-line bg-card px-4 has-checked:border-accent"
            >
              <input
                type="radio"
                name="target"
                className="size-5 accent-accent"
                checked={id === target}
                onChange={() => setTarget(id)}
              />
              {bankName} {shortAccountNumber(maskedNumber)}
            </label>
          ))}
        </fieldset>
      )}
      <ProblemNote error={unlinking.error} />
      <OfflineNote />
      <Button
        wide
        disabled={!isOnline}
        busy={unlinking.isPending}
        onClick={() =>
          unlinking.mutate(
            { id: account.id, ...(leading.length > 0 && target ? { moveVpasTo: target } : {}) },
            { onSuccess: () => void navigate('/accounts', { replace: true }) },
          )
        }
      >
        {t('accounts.unlink')}
      </Button>
    </>
  )
}
