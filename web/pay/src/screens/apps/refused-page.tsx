// Where a person ends up whom an app sent here wrongly: there is no safe way back to it.
import { CenteredPage } from '@bahi/web-ui/components/centered-page.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Empty } from '@bahi/web-ui/components/states.tsx'
import { useSearchParams } from 'react-router'
import { useAppsText } from './apps-texts.ts'

/** A code of the protocol, as a developer can look it up: other words in the address are a stranger's, not ours. */
const codes = new Set([
  ...['invalid_request', 'invalid_client', 'unauthorized_client', 'unsupported_response_type'],
  ...['invalid_redirect_uri', 'invalid_request_uri', 'invalid_request_object', 'invalid_scope'],
  ...['invalid_dpop_proof', 'invalid_target', 'access_denied', 'server_error', 'temporarily_unavailable'],
])

export function Component() {
  const t = useAppsText()
  const error = useSearchParams()[0].get('error') ?? ''
  return (
    <CenteredPage>
      <Page title={t('apps.connect-title')} back="/">
        <Empty icon="warn" title={t('apps.refused')} />
        <p className="text-soft">{t('apps.refused-why')}</p>
        {codes.has(error) && <p className="font-mono text-sm text-soft wrap-anywhere">{error}</p>}
      </Page>
    </CenteredPage>
  )
}
