// What is shown when a screen cannot be: a file of it that is gone since a new version came, or a fault of ours.
import { useText } from './language.ts'
import { Button, LinkButton } from './ui/button.tsx'
import { Door } from './ui/door.tsx'
import { Page } from './ui/page.tsx'

export function Broken() {
  const t = useText()
  return (
    <Door>
      <Page title={t('problem.title')}>
        <p role="alert">{t('problem.screen')}</p>
        <Button wide onClick={() => location.reload()}>
          {t('app.reload')}
        </Button>
        <LinkButton to="/" reloadDocument look="quiet" wide>
          {t('nav.home')}
        </LinkButton>
      </Page>
    </Door>
  )
}
