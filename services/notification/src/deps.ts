// What notification's use-cases depend on.
import type { Carriers } from './carriers/carrier.ts'
import type { ServiceDeps } from './config.ts'
import type { CountAttempt } from './deliveries/metrics.ts'

export type NotificationDeps = ServiceDeps & { carriers: Carriers; countAttempt: CountAttempt }
