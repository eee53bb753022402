// The first screen: what there is to do for who is signed in.
import { Card } from '@bahi/web-ui/components/card.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Link } from 'react-router'
import { useQueues } from '../../app/queues.ts'
import { useText } from '../../language/language.ts'

export function Component() {
  const t = useText()
  const queues = useQueues()
  return (
    <Page title={t('home.title')} width="wide">
      <ul className="grid gap-4 sm:grid-cols-2 xl:grid-cols-3">
        {queues.map(({ to, icon, text, about }) => (
          <li key={to}>
            <Link to={to} className="block rounded-card hover:brightness-95">
              <Card>
                <p className="flex items-center gap-3 text-lg font-semibold">
                  <Icon name={icon} className="size-6 text-accent" />
                  {t(text)}
                </p>
                <p className="mt-1 text-soft">{t(about)}</p>
              </Card>
            </Link>
          </li>
        ))}
      </ul>
    </Page>
  )
}
