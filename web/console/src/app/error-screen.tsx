// Shown when a screen fails: one of its files is gone since a new version was deployed, or a bug.
import { Button } from '@bahi/web-ui/components/button.tsx'
import { CenteredPage } from '@bahi/web-ui/components/centered-page.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { useText } from '../language/language.ts'

export function ErrorScreen() {
  const t = useText()
  return (
    <CenteredPage>
      <Page title={t('problem.title')}>
        <p role="alert">{t('problem.unexpected')}</p>
        <Button wide onClick={() => location.reload()}>
          {t('app.reload')}
        </Button>
      </Page>
    </CenteredPage>
  )
}
