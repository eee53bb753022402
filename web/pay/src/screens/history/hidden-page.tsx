// Payments that I have hidden from my history, and putting them back.
import { useHiding } from '../../people/use-blocked.ts'
import { usePaymentPages } from '../../payments/payment-queries.ts'
import { PaymentRow } from '../../payments/payment-row.tsx'
import { PagedList } from '../../api/paged-list.tsx'
import { OfflineNote } from '../../api/offline-note.tsx'
import { ProblemNote } from '../../api/problem-states.tsx'
import { useText } from '../../language/language.ts'
import { useOnline } from '@bahi/web-ui/browser/online.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Empty } from '@bahi/web-ui/components/states.tsx'

export function Component() {
  const t = useText()
  const hidden = usePaymentPages({ hidden: true })
  const hiding = useHiding()
  const isOnline = useOnline()
  return (
    <Page title={t('people.hidden')} back="/history">
      <p className="text-soft">{t('people.hidden-why')}</p>
      <ProblemNote error={hiding.error} />
      <OfflineNote />
      <PagedList
        list={hidden}
        rows={hidden.data?.pages.flatMap((page) => page.payments)}
        more={t('history.older')}
        empty={<Empty icon="clock" title={t('people.hidden-none')} />}
      >
        {(payment) => (
          <div className="flex flex-col">
            <PaymentRow payment={payment} />
            <Button
              look="bare"
              className="self-end"
              disabled={!isOnline}
              busy={hiding.isPending && hiding.variables.id === payment.id}
              onClick={() => hiding.mutate({ id: payment.id, hidden: false })}
            >
              {t('people.show-again')}
            </Button>
          </div>
        )}
      </PagedList>
    </Page>
  )
}
