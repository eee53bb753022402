// Everything about the payment once more, before the PIN makes it happen: for somebody who was never paid before.
import type { Account } from '@bahi/contracts/account.ts'
import { formatRupees } from '@bahi/contracts/formats.ts'
import { useText } from '../../language/language.ts'
import { shortAccountNumber } from '../../accounts/my-accounts.ts'
import { useOnline } from '@bahi/web-ui/browser/online.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Card } from '@bahi/web-ui/components/card.tsx'
import { FactList } from '@bahi/web-ui/components/facts.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Note } from '@bahi/web-ui/components/states.tsx'
import { PayeeHeader, type KnownPayee } from '../../payments/payee-header.tsx'
import { useRefusalText, Warnings } from './quote-notes.tsx'
import { askedBy, useQuote, type PaymentRequest } from './use-send-money.ts'

type ReviewStepProps = { request: PaymentRequest; payee: KnownPayee; account: Account; onPin: () => void }

export function ReviewStep({ request, payee, account, onPin }: ReviewStepProps) {
  const t = useText()
  const isOnline = useOnline()
  const quote = useQuote(askedBy(request))
  const refusal = useRefusalText(quote)
  return (
    <Page
      title={t('pay.review')}
      back="/pay"
      width="flow"
      footer={
        <Button wide disabled={!isOnline || refusal !== undefined} onClick={onPin}>
          <Icon name="lock" className="size-5" />
          {t('pay.to-pin')}
        </Button>
      }
    >
      <p className="text-center text-5xl font-bold tabular-nums">{formatRupees(request.amountPaise)}</p>
      <Card className="flex flex-col gap-4">
        <PayeeHeader payee={payee} />
        <FactList
          facts={[
            [
              t('pay.from'),
              `${account.bankName} ${shortAccountNumber(account.maskedNumber)}`,
              request.payerVpa,
            ],
            ...(request.note === undefined ? [] : [[t('pay.note-is'), request.note] as const]),
          ]}
        />
      </Card>
      <Warnings quote={quote} />
      <p className="text-sm text-soft">{t('pay.review-hint')}</p>
      <div role="status" className="empty:hidden">
        {!isOnline && <Note tone="wait">{t('pay.offline')}</Note>}
        {isOnline && refusal !== undefined && <Note tone="bad">{refusal}</Note>}
      </div>
    </Page>
  )
}
