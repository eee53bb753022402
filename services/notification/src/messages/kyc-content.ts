// Which messages the events of KYC lead to: what became of a submission, and when it has to be done again. Pure.
import type { CloudEvent } from '@bahi/kit/bus/bus.ts'
import { isEvent } from '@bahi/kit/events/events.ts'
import type { ContentOfEvent } from './content.ts'
import type { Template } from './templates.ts'

/** The reason of a reviewer is read in the app, after sign-in, and in no message. */
export function kycContents(event: CloudEvent): ContentOfEvent[] {
  if (isEvent(event, 'user.kyc-submitted')) return message(event.data.userId, 'kyc.submitted')
  if (isEvent(event, 'user.kyc-file-refused')) return message(event.data.userId, 'kyc.file-refused')
  if (isEvent(event, 'user.kyc-decided')) {
    const { userId, kycDecision } = event.data
    if (kycDecision === 'approve') return message(userId, 'kyc.approved', {}, 'wanted')
    if (kycDecision === 'reject') return message(userId, 'kyc.rejected', {}, 'wanted')
    return kycDecision === 'revise' ? message(userId, 'kyc.revision', {}, 'wanted') : []
  }
  if (isEvent(event, 'user.kyc-expiring')) {
    const { userId, until } = event.data
    return message(userId, 'kyc.expiring', { until }, 'wanted')
  }
  if (isEvent(event, 'user.kyc-tier-changed') && event.data.reason === 'expired')
    return message(event.data.userId, 'kyc.expired', {}, 'wanted')
  return []
}

function message(
  userId: string,
  template: Template,
  values: Record<string, string> = {},
  sms: 'never' | 'wanted' = 'never',
): ContentOfEvent[] {
  return [{ userId, template, values, data: { status: template.slice(4) }, sms, email: sms }]
}
