// Which messages an event leads to: for whom, from which template, by which channels. Pure.
import type { EventData } from '@bahi/contracts/events.ts'
import type { CloudEvent } from '@bahi/kit/bus/bus.ts'
import { isEvent } from '@bahi/kit/events/events.ts'
import type { ContentOfEvent, MessageContent } from './content.ts'
import { elsewhereContents } from './elsewhere-content.ts'
import { factorContents } from './factor-content.ts'
import { kycContents } from './kyc-content.ts'
import { mandateContents } from './mandate-content.ts'
import { privacyContents } from './privacy-content.ts'
import { requestContents } from './request-content.ts'
import { roleContents } from './role-content.ts'
import { scheduleContents } from './schedule-content.ts'
import { withoutControls } from './safe-text.ts'
import { isSmsTemplate, type SmsTemplate, type Template, type Values } from './templates.ts'

/** In the order of sending; none for an event that leads to no message. */
export function messageContents(event: CloudEvent): MessageContent[] {
  return contentsFor(event).map((content) => {
    if (content.sms !== 'never' && !isSmsTemplate(content.template))
      throw new Error(`${content.template} has no template for SMS`)
    return { ...content, type: event.type, subject: event.subject }
  })
}

function contentsFor(event: CloudEvent): ContentOfEvent[] {
  if (isEvent(event, 'payment.settled')) return settled(event.data)
  if (isEvent(event, 'payment.failed')) return failed(event.data)
  if (isEvent(event, 'payment.deemed')) return deemed(event.data)
  if (isEvent(event, 'account.linked')) {
    const { userId, accountId, bank, maskedNumber } = event.data
    return [
      inApp(userId, 'account.linked', { bank, account: maskedNumber }, { accountId, bank, maskedNumber }),
    ]
  }
  if (isEvent(event, 'account.unlinked')) {
    const { userId, accountId, bank, maskedNumber } = event.data
    const values = { bank, account: maskedNumber }
    return [security(userId, 'account.unlinked', values, { accountId, bank, maskedNumber })]
  }
  if (isEvent(event, 'account.vpa-created')) {
    const { userId, accountId, vpa, primary } = event.data
    return [inApp(userId, 'account.vpa-created', { vpa }, { accountId, vpa, primary })]
  }
  if (isEvent(event, 'account.pin-set')) {
    const { userId, accountId, changed } = event.data
    return [security(userId, changed ? 'account.pin-changed' : 'account.pin-set', {}, { accountId, changed })]
  }
  if (isEvent(event, 'account.pin-locked')) {
    const { userId, accountId } = event.data
    return [security(userId, 'account.pin-locked', {}, { accountId })]
  }
  if (isEvent(event, 'account.vpa-released')) {
    const { userId, accountId, vpa, by } = event.data
    return [security(userId, 'account.vpa-released', { vpa }, { accountId, vpa, by })]
  }
  if (isEvent(event, 'account.number-set')) {
    const { userId, upiNumber, vpa } = event.data
    const data = { upiNumber, vpa }
    return [security(userId, 'account.number-set', { number: upiNumber, vpa }, data)]
  }
  if (isEvent(event, 'account.number-released')) {
    const { userId, upiNumber, vpa, by } = event.data
    const data = { upiNumber, vpa, by }
    return [security(userId, 'account.number-released', { number: upiNumber }, data)]
  }
  if (isEvent(event, 'user.profile-changed') && event.data.fields.includes('email')) {
    return [security(event.data.userId, 'user.email-changed', {}, {})]
  }
  if (isEvent(event, 'auth.registered')) return [inApp(event.data.userId, 'auth.registered', {}, {})]
  if (isEvent(event, 'auth.session-started') && event.data.newDevice) {
    const { userId, sessionId, deviceName } = event.data
    return [security(userId, 'auth.new-device', { device: deviceName }, { sessionId, deviceName })]
  }
  if (isEvent(event, 'auth.password-changed')) {
    const { userId, how } = event.data
    const template = how === 'reset' ? 'auth.password-reset' : 'auth.password-changed'
    return [{ ...security(userId, template, {}, { how }), email: 'always' }]
  }
  if (isEvent(event, 'auth.phone-changed'))
    return [{ ...security(event.data.userId, 'auth.phone-changed', {}, {}), email: 'always' }]
  // By SMS it would reach whoever has the phone now.
  if (isEvent(event, 'auth.phone-released'))
    return [{ ...inApp(event.data.userId, 'auth.phone-released', {}, {}), email: 'always' }]
  // Neither is one that may be somebody else's by now.
  if (isEvent(event, 'auth.phone-revoked')) {
    const { userId, revokedOn } = event.data
    return [{ ...inApp(userId, 'auth.phone-revoked', { on: revokedOn }, { revokedOn }), email: 'always' }]
  }
  for (const type of [
    'auth.phone-proven',
    'auth.sign-in-restored',
    'auth.person-frozen',
    'auth.person-unfrozen',
    'auth.person-signed-out',
  ] as const)
    if (isEvent(event, type)) return [{ ...security(event.data.userId, type, {}, {}), email: 'always' }]
  if (isEvent(event, 'auth.app-connected')) {
    const { userId, clientId, clientName } = event.data
    return [security(userId, 'auth.app-connected', { name: clientName }, { clientId, clientName })]
  }
  if (isEvent(event, 'auth.login-locked')) {
    const { userId, until, scope = 'device' } = event.data
    const template = scope === 'device' ? 'auth.login-locked' : 'auth.strangers-tried'
    return [security(userId, template, { until }, { until, scope })]
  }
  if (isEvent(event, 'payment.controls-changed')) return controlsChanged(event.data)
  return [
    ...requestContents(event),
    ...scheduleContents(event),
    ...mandateContents(event),
    ...elsewhereContents(event),
    ...kycContents(event),
    ...privacyContents(event),
    ...roleContents(event),
    ...factorContents(event),
  ]
}

/**
 * What loosens is always said: whoever got hold of the phone may have asked for it. Before it, that payments are
 * stopped, when they stay so.
 */
function controlsChanged({
  userId,
  rows,
  loosens,
  stopped,
}: EventData<'payment.controls-changed'>): ContentOfEvent[] {
  const until = rows[1]?.from
  const data = { loosens, stopped, ...(until === undefined ? {} : { until }) }
  const stop = security(userId, 'controls.stopped', {}, data)
  if (loosens && until !== undefined) {
    const later = security(userId, 'controls.loosened', { until }, data)
    return rows.at(-1)!.controls.stopped ? [stop, later] : [later]
  }
  return [stopped ? stop : security(userId, 'controls.tightened', {}, data)]
}

function inApp(
  userId: string,
  template: Template,
  values: Values,
  data: MessageContent['data'],
): ContentOfEvent {
  return { userId, template, values, data, sms: 'never', email: 'never' }
}

function security(
  userId: string,
  template: SmsTemplate,
  values: Values,
  data: MessageContent['data'],
): ContentOfEvent {
  return { userId, template, values, data, sms: 'always', email: 'never' }
}

type Settled = EventData<'payment.settled'>
type Failed = EventData<'payment.failed'>

function settled(payment: Settled): ContentOfEvent[] {
  const { payer, payee, amountPaise, rrn } = payment
  const values = (name: string) => ({ amountPaise: String(amountPaise), rrn, name })
  return [
    ...(payer.userId === undefined
      ? []
      : [
          {
            userId: payer.userId,
            template: 'payment.sent' as const,
            values: values(payee.name),
            data: paymentData(payment, 'debit', 'settled'),
            // RBI: customers are alerted of every electronic debit.
            ...({ sms: 'always', email: 'wanted' } as const),
          },
        ]),
    ...(payee.userId === undefined
      ? []
      : [
          {
            userId: payee.userId,
            template: 'payment.received' as const,
            values: values(payer.name),
            data: paymentData(payment, 'credit', 'settled'),
            ...({ sms: 'wanted', email: 'wanted' } as const),
          },
        ]),
  ]
}

/** The payee is not notified of a payment that failed. */
function failed(payment: Failed): ContentOfEvent[] {
  const { payer, payee, amountPaise, code } = payment
  if (payer.userId === undefined) return []
  const values = { amountPaise: String(amountPaise), name: payee.name, code }
  return [inApp(payer.userId, 'payment.failed', values, { ...paymentData(payment, 'debit', 'failed'), code })]
}

/** Only the payer is notified that it takes longer; the payee is notified when the payment is settled. */
function deemed(payment: EventData<'payment.deemed'>): ContentOfEvent[] {
  const { payer, payee, amountPaise } = payment
  if (payer.userId === undefined) return []
  const values = { amountPaise: String(amountPaise), name: payee.name }
  return [inApp(payer.userId, 'payment.pending', values, paymentData(payment, 'debit', 'pending'))]
}

type PaymentEvent = Settled | Failed | EventData<'payment.deemed'>

function paymentData(
  payment: PaymentEvent,
  direction: 'debit' | 'credit',
  status: 'pending' | 'settled' | 'failed',
) {
  const { paymentId, amountPaise, rrn } = payment
  const { vpa, name } = direction === 'debit' ? payment.payee : payment.payer
  return { paymentId, status, amountPaise, direction, counterpart: { vpa, name: withoutControls(name) }, rrn }
}
