// Whom a mandate is for: a UPI ID, a number or a pasted link as it is typed, or somebody from before.
import { useText } from '../../language/language.ts'
import { ChoosePerson } from '../../payments/choose-person.tsx'
import { Row } from '@bahi/web-ui/components/card.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { useAskText } from './ask-texts.ts'

const pathTo = (vpa: string) => `/autopay/new/${encodeURIComponent(vpa)}`

export function Component() {
  const t = useText()
  const ask = useAskText()
  return (
    <Page title={t('autopay.choose')} back="/autopay">
      <ChoosePerson pathTo={pathTo}>
        <div className="rounded-card border border-line bg-card p-1">
          <Row
            to="/scan"
            left={<Icon name="scan" className="size-6 text-accent" />}
            title={t('autopay.scan')}
            under={t('autopay.scan-more')}
          />
          <Row
            to="/autopay/code"
            left={<Icon name="qr" className="size-6 text-accent" />}
            title={t('autopay.own-code')}
            under={t('autopay.own-code-more')}
          />
          <Row
            to="/autopay/ask"
            left={<Icon name="receive" className="size-6 text-accent" />}
            title={ask('autopay-ask.title')}
            under={ask('autopay-ask.more')}
          />
        </div>
      </ChoosePerson>
    </Page>
  )
}
