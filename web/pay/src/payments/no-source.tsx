// The screen when nothing can pay.
import { useText } from '../language/language.ts'
import { LinkButton } from '@bahi/web-ui/components/button.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Empty } from '@bahi/web-ui/components/states.tsx'
import type { Source } from './send-money.ts'

/** What is missing of the account that comes nearest. */
export function NoSource({ title, nearest }: { title: string; nearest: Source | undefined }) {
  const t = useText()
  const [name, to] =
    nearest === undefined
      ? (['no-account', '/accounts'] as const)
      : nearest.state === 'no-vpa'
        ? (['no-vpa', `/upi-ids/new?account=${nearest.account.id}`] as const)
        : (['no-pin', '/accounts'] as const)
  return (
    <Page title={title} back="/">
      <Empty icon="bank" title={t(`pay.${name}`)}>
        <p className="text-soft">{t(`pay.${name}-more`)}</p>
        <LinkButton to={to}>{t(name === 'no-vpa' ? 'upi-ids.first' : 'pay.to-accounts')}</LinkButton>
      </Empty>
    </Page>
  )
}
