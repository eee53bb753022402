// Whom a mandate is asked from: a UPI ID or a number as it is typed, or somebody from before.
import { ChoosePerson } from '../../payments/choose-person.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { useAskText } from './ask-texts.ts'

const pathTo = (vpa: string) => `/autopay/ask/${encodeURIComponent(vpa)}`

export function Component() {
  const t = useAskText()
  return (
    <Page title={t('autopay-ask.choose')} back="/autopay/new">
      <ChoosePerson pathTo={pathTo} />
    </Page>
  )
}
