// Shown when a screen fails: its file cannot be loaded without a network, or is gone since a new version was deployed,
// or a bug.
import { useEffect, useState } from 'react'
import { useOnline } from '@bahi/web-ui/browser/online.ts'
import { useText } from '../language/language.ts'
import { Button, LinkButton } from '@bahi/web-ui/components/button.tsx'
import { CenteredPage } from '@bahi/web-ui/components/centered-page.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'

export function ErrorScreen() {
  const t = useText()
  const isOnline = useOnline()
  const [wasOffline] = useState(!isOnline)
  // What could not be loaded then can be now.
  useEffect(() => {
    if (wasOffline && isOnline) location.reload()
  }, [wasOffline, isOnline])
  return (
    <CenteredPage>
      <Page title={t(isOnline ? 'problem.title' : 'state.offline')}>
        <p role="alert">{t(isOnline ? 'problem.screen' : 'problem.screen-offline')}</p>
        <Button wide onClick={() => location.reload()}>
          {t('app.reload')}
        </Button>
        <LinkButton to="/" reloadDocument look="quiet" wide>
          {t('nav.home')}
        </LinkButton>
      </Page>
    </CenteredPage>
  )
}
