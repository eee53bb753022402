// Which event is told to whom, in which words and by which ways. Pure.
import type { EventData } from '@bahi/contracts/events.ts'
import type { CloudEvent } from '@bahi/kit/bus/bus.ts'
import { isEvent } from '@bahi/kit/events/events.ts'
import { withoutControls, type Template, type Values } from './templates.ts'

/** One thing to tell one person. */
export type Notice = {
  userId: string
  /** Of the event. */
  type: string
  /** Of the event: what operators look for. */
  subject: string
  template: Template
  values: Values
  /** What the app updates itself from. */
  data: Record<string, unknown>
  /** By SMS: never, when the person wants it, or always, because it is about their security. */
  sms: 'never' | 'wanted' | 'always'
  email: 'never' | 'wanted'
}

type Content = Pick<Notice, 'userId' | 'template' | 'values' | 'data' | 'sms' | 'email'>

/** In the order in which they are told; none for an event that concerns nobody. */
export function noticesOf(event: CloudEvent): Notice[] {
  return contentsOf(event).map((content) => ({ ...content, type: event.type, subject: event.subject }))
}

function contentsOf(event: CloudEvent): Content[] {
  if (isEvent(event, 'payment.settled')) return settled(event.data)
  if (isEvent(event, 'payment.failed')) return failed(event.data)
  if (isEvent(event, 'payment.deemed')) return deemed(event.data)
  if (isEvent(event, 'account.linked')) {
    const { userId, accountId, bank, maskedNumber } = event.data
    return [
      inApp(userId, 'account.linked', { bank, account: maskedNumber }, { accountId, bank, maskedNumber }),
    ]
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
  if (isEvent(event, 'auth.registered')) return [inApp(event.data.userId, 'auth.registered', {}, {})]
  if (isEvent(event, 'auth.session-started') && event.data.newDevice) {
    const { userId, sessionId, deviceName } = event.data
    return [security(userId, 'auth.new-device', { device: deviceName }, { sessionId, deviceName })]
  }
  if (isEvent(event, 'auth.login-locked')) {
    const { userId, until } = event.data
    return [security(userId, 'auth.login-locked', { until }, { until })]
  }
  return []
}

function inApp(userId: string, template: Template, values: Values, data: Notice['data']): Content {
  return { userId, template, values, data, sms: 'never', email: 'never' }
}

function security(userId: string, template: Template, values: Values, data: Notice['data']): Content {
  return { userId, template, values, data, sms: 'always', email: 'never' }
}

type Settled = EventData<'payment.settled'>
type Failed = EventData<'payment.failed'>

function settled(payment: Settled): Content[] {
  const { payer, payee, amountPaise, rrn } = payment
  const told = { sms: 'wanted', email: 'wanted' } as const
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
            ...told,
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
            ...told,
          },
        ]),
  ]
}

/** The payee never learns of a payment that did not come about. */
function failed(payment: Failed): Content[] {
  const { payer, payee, amountPaise, code, message } = payment
  if (payer.userId === undefined) return []
  const values = { amountPaise: String(amountPaise), name: payee.name, code, reason: message }
  return [inApp(payer.userId, 'payment.failed', values, { ...paymentData(payment, 'debit', 'failed'), code })]
}

/** The payer knows that it takes longer; the payee hears when it is sure. */
function deemed(payment: EventData<'payment.deemed'>): Content[] {
  const { payer, payee, amountPaise } = payment
  if (payer.userId === undefined) return []
  const values = { amountPaise: String(amountPaise), name: payee.name }
  return [inApp(payer.userId, 'payment.pending', values, paymentData(payment, 'debit', 'pending'))]
}

type Told = Settled | Failed | EventData<'payment.deemed'>

function paymentData(payment: Told, direction: 'debit' | 'credit', status: 'pending' | 'settled' | 'failed') {
  const { paymentId, amountPaise, rrn } = payment
  const { vpa, name } = direction === 'debit' ? payment.payee : payment.payer
  return { paymentId, status, amountPaise, direction, counterpart: { vpa, name: withoutControls(name) }, rrn }
}
