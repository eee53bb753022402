// Where a person ends up whom an app sent here wrongly: there is no safe way back to it.
import { CenteredPage } from '@bahi/web-ui/components/centered-page.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Empty } from '@bahi/web-ui/components/states.tsx'
import { useSearchParams } from 'react-router'
import { useAppsText } from './apps-texts.ts'

export function Component() {
  const t = useAppsText()
  const [query] = useSearchParams()
  return (
    <CenteredPage>
      <Page title={t('apps.connect-title')} back="/">
        <Empty icon="warn" title={t('apps.refused')} />
        <p className="text-soft">{t('apps.refused-why')}</p>
        <p className="font-mono text-sm text-soft wrap-anywhere">{query.get('error')?.slice(0, 60)}</p>
      </Page>
    </CenteredPage>
  )
}
