// Stores what the SMS carrier reports, after it has proven to be the carrier.
import type { Input, Output } from '@bahi/contracts/call.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { reportSms as contract } from '@bahi/contracts/sms-reports.ts'
import { sameBytes } from '@bahi/kit/crypto/seal.ts'
import type { NotificationDeps } from '../deps.ts'
import { saveReports } from './store.ts'

/** Throws `unauthenticated`, also where no key is set. */
export async function takeSmsReports(
  deps: NotificationDeps,
  { key, reports }: Input<typeof contract>['body'],
): Promise<Output<typeof contract>> {
  const expected = deps.config.BAHI_SMS_REPORT_KEY
  if (expected === '' || !sameBytes(Buffer.from(key), Buffer.from(expected)))
    throw new Problem('unauthenticated', 'that is not the key of the SMS carrier')
  const saved = await saveReports(deps.sql, reports)
  for (const { channel, report } of saved) deps.countReport(channel, report)
  return { taken: saved.length }
}
