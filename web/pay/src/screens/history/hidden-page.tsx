// Payments that I have hidden from my history, and putting them back.
import { useHiding } from '../../people/use-blocked.ts'
import { usePaymentPages } from '../../payments/payment-queries.ts'
import { PaymentRow } from '../../payments/payment-row.tsx'
import { ProblemNote, ProblemState } from '../../api/problem-states.tsx'
import { useText } from '../../language/language.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { LoadMore } from '@bahi/web-ui/components/load-more.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Empty, Skeleton } from '@bahi/web-ui/components/states.tsx'

export function Component() {
  const t = useText()
  const hidden = usePaymentPages({ hidden: true })
  const hiding = useHiding()
  const payments = hidden.data?.pages.flatMap((page) => page.payments)
  return (
    <Page title={t('people.hidden')} back="/history">
      <p className="text-soft">{t('people.hidden-why')}</p>
      <ProblemNote error={hiding.error} />
      {hidden.isPending && <Skeleton lines={4} />}
      {hidden.error && !payments && <ProblemState error={hidden.error} again={() => void hidden.refetch()} />}
      {payments?.length === 0 && <Empty icon="clock" title={t('people.hidden-none')} />}
      <ul className="-mx-3 flex flex-col">
        {payments?.map((payment) => (
          <li key={payment.id} className="flex flex-col">
            <PaymentRow payment={payment} />
            <Button
              look="bare"
              className="self-end"
              busy={hiding.isPending && hiding.variables.id === payment.id}
              onClick={() => hiding.mutate({ id: payment.id, hidden: false })}
            >
              {t('people.show-again')}
            </Button>
          </li>
        ))}
      </ul>
      {hidden.hasNextPage && (
        <LoadMore
          text={t('history.older')}
          busy={hidden.isFetchingNextPage}
          auto={!hidden.isFetchNextPageError}
          onLoad={() => void hidden.fetchNextPage()}
        />
      )}
    </Page>
  )
}
