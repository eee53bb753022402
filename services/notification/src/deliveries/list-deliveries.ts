// Lists the deliveries of one subject, or of one person, for operators.
import type { Input, Output } from '@bahi/contracts/call.ts'
import type { deliveriesOf } from '@bahi/contracts/notification.ts'
import type { listPersonDeliveries as ofPerson } from '@bahi/contracts/person-look-up.ts'
import type { NotificationDeps } from '../deps.ts'
import { deliveriesToPerson, findDeliveries } from './store.ts'

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

const defaultLimit = 50

/** Newest first, without what was said. */
export async function listPersonDeliveries(
  { sql }: Pick<NotificationDeps, 'sql'>,
  userId: string,
  { before, limit = defaultLimit }: Input<typeof ofPerson>['querystring'],
): Promise<Output<typeof ofPerson>> {
  const rows = await deliveriesToPerson(sql, userId, { before: before ?? null, limit: limit + 1 })
  const page = rows.slice(0, limit)
  return {
    deliveries: page.map(({ id, channel, maskedTo, template, status, error, report, at }) => ({
      ...{ id, channel, to: maskedTo ?? '', template, status },
      ...(error === null ? {} : { error }),
      ...(report === null ? {} : { report }),
      at: at.toISOString(),
    })),
    ...(rows.length > limit ? { next: page.at(-1)!.id } : {}),
  }
}
