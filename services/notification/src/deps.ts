// What notification's use-cases depend on.
import type { Carriers } from './carriers/carrier.ts'
import type { ServiceDeps } from './config.ts'
import type { CountAttempt, CountReport, ObserveDelay } from './deliveries/metrics.ts'
import type { PushSender } from './push/push-sender.ts'

export type NotificationDeps = ServiceDeps & {
  carriers: Carriers
  /** Without a key there is none. */
  push: PushSender | undefined
  countAttempt: CountAttempt
  countReport: CountReport
  observeDelay: ObserveDelay
}
