// Where the rules permit no request: to anybody, or to people of other apps. A QR code or a payment link is offered.
import { normaliseVpa, splitVpa } from '@bahi/contracts/formats.ts'
import { LinkButton } from '@bahi/web-ui/components/button.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Empty } from '@bahi/web-ui/components/states.tsx'
import { useAskText } from './ask-texts.ts'

/** Whether a UPI ID is of another app than one of mine. */
export const isElsewhere = (vpa: string, own: string) =>
  splitVpa(normaliseVpa(vpa))?.handle !== splitVpa(own)?.handle

type NotPermittedProps = { title: string; back: string; why: 'not-permitted' | 'elsewhere' }

export function NotPermitted({ title, back, why }: NotPermittedProps) {
  const t = useAskText()
  return (
    <Page title={title} back={back}>
      <Empty icon="qr" title={t(`requests.${why}`)}>
        <p className="text-soft">{t(`requests.${why}-hint`)}</p>
        <LinkButton to="/receive">{t('requests.show-qr')}</LinkButton>
      </Empty>
    </Page>
  )
}
