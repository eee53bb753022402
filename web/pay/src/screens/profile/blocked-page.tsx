// Whom I have blocked: they can neither pay me nor ask me.
import { vpaText } from '@bahi/contracts/formats.ts'
import { useBlocked, useBlocking } from '../../people/use-blocked.ts'
import { OfflineNote } from '../../api/offline-note.tsx'
import { ProblemNote, ProblemState } from '../../api/problem-states.tsx'
import { useText } from '../../language/language.ts'
import { useOnline } from '@bahi/web-ui/browser/online.ts'
import { Avatar } from '@bahi/web-ui/components/avatar.tsx'
import { Button, LinkButton } from '@bahi/web-ui/components/button.tsx'
import { Row } from '@bahi/web-ui/components/card.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Empty, Skeleton } from '@bahi/web-ui/components/states.tsx'

export function Component() {
  const t = useText()
  const blocked = useBlocked()
  const blocking = useBlocking()
  const isOnline = useOnline()
  return (
    <Page title={t('people.blocked')} back="/profile">
      <p className="text-soft">{t('people.blocked-why')}</p>
      <ProblemNote error={blocking.error} />
      <OfflineNote />
      {blocked.isPending && <Skeleton />}
      {blocked.error && !blocked.data && (
        <ProblemState error={blocked.error} again={() => void blocked.refetch()} />
      )}
      {blocked.data?.length === 0 && (
        <Empty icon="block" title={t('people.blocked-none')}>
          <p className="text-soft">{t('people.blocked-how')}</p>
          <LinkButton to="/history" look="quiet">
            {t('history.title')}
          </LinkButton>
        </Empty>
      )}
      <ul className="-ml-3">
        {blocked.data?.map(({ vpa, name }) => (
          <li key={vpa} className="flex items-center gap-2">
            <div className="min-w-0 flex-1">
              <Row left={<Avatar name={name} />} title={name} under={vpaText(vpa)} />
            </div>
            <Button
              look="quiet"
              aria-label={t('people.unblock-name', { name })}
              disabled={!isOnline}
              busy={blocking.isPending && blocking.variables.vpa === vpa}
              onClick={() => blocking.mutate({ vpa, isBlocked: false })}
            >
              {t('people.unblock')}
            </Button>
          </li>
        ))}
      </ul>
    </Page>
  )
}
