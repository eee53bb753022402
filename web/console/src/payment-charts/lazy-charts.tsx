// The charts of payments, which come with the library that draws them once they are shown.
import { Skeleton } from '@bahi/web-ui/components/states.tsx'
import { lazy, Suspense } from 'react'

const Charts = lazy(() => import('./charts.tsx'))

export function PaymentCharts() {
  return (
    <Suspense fallback={<Skeleton lines={4} />}>
      <Charts />
    </Suspense>
  )
}
