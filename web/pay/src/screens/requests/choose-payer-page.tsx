// Whom to ask for money: a UPI ID or a phone number as it is typed, or somebody from before.
import { useText } from '../../language/language.ts'
import { ChoosePerson } from '../../payments/choose-person.tsx'
import { useRequestRules } from '../../requests/request-queries.ts'
import { LinkButton } from '@bahi/web-ui/components/button.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Empty } from '@bahi/web-ui/components/states.tsx'

const askPath = (vpa: string) => `/requests/new/${encodeURIComponent(vpa)}`

export function Component() {
  const t = useText()
  const rules = useRequestRules()
  const title = t('requests.choose')
  if (rules.data?.permitted === false)
    return (
      <Page title={title} back="/requests">
        <Empty icon="qr" title={t('requests.not-permitted')}>
          <p className="text-soft">{t('requests.not-permitted-hint')}</p>
          <LinkButton to="/receive">{t('requests.show-qr')}</LinkButton>
        </Empty>
      </Page>
    )
  return (
    <Page title={title} back="/requests">
      <ChoosePerson pathTo={askPath} />
    </Page>
  )
}
