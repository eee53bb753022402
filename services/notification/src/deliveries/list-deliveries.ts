// Lists the deliveries of one subject for operators.
import type { Output } from '@bahi/contracts/call.ts'
import type { deliveriesOf } from '@bahi/contracts/notification.ts'
import type { NotificationDeps } from '../deps.ts'
import { findDeliveries } from './store.ts'

const maxDeliveries = 200

/** Newest first. An address is shown masked, and only after a message was sent to it. */
export async function listDeliveries(
  { sql }: NotificationDeps,
  subject: string,
): Promise<Output<typeof deliveriesOf>['deliveries']> {
  const rows = await findDeliveries(sql, subject, maxDeliveries)
  return rows.map(({ userId, maskedTo, error, report, reportCode, reportedAt, at, ...row }) => ({
    ...row,
    to: maskedTo ?? '',
    at: at.toISOString(),
    ...(userId === null ? {} : { userId }),
    ...(error === null ? {} : { error }),
    ...(report === null ? {} : { report }),
    ...(reportCode === null ? {} : { reportCode }),
    ...(reportedAt === null ? {} : { reportedAt: reportedAt.toISOString() }),
  }))
}
