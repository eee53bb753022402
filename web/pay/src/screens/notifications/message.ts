// What a message looks like and where it leads. Pure.
import type { Message } from '@bahi/contracts/notification.ts'
import type { IconName } from '@bahi/web-ui/components/icon.tsx'

type Look = { icon: IconName; tint: string }

const good = 'bg-good-tint text-good'
const bad = 'bg-bad-tint text-bad'
const wait = 'bg-wait-tint text-wait'
const plain = 'bg-sunk text-soft'

const warnings = [
  'account.pin-locked',
  'auth.login-locked',
  'auth.second-factor-locked',
  'auth.phone-revoked',
]

export function lookOf({ type, data }: Pick<Message, 'type' | 'data'>): Look {
  if (type === 'payment.failed') return { icon: 'cross', tint: bad }
  if (type === 'payment.deemed') return { icon: 'clock', tint: wait }
  if (type.startsWith('payment.request-'))
    return { icon: 'receive', tint: data['status'] === 'pending' ? wait : plain }
  if (type === 'payment.controls-changed')
    return { icon: 'lock', tint: data['loosens'] === true ? wait : plain }
  if (type.startsWith('payment.mandate-') || type.startsWith('account.mandate-'))
    return {
      icon: 'calendar',
      tint: ['requested', 'to-approve'].includes(String(data['status'])) ? wait : plain,
    }
  if (type.startsWith('payment.schedule-'))
    return { icon: 'calendar', tint: data['status'] === 'due' ? wait : plain }
  if (type.startsWith('payment.')) {
    return data['direction'] === 'credit' ? { icon: 'receive', tint: good } : { icon: 'send', tint: plain }
  }
  if (warnings.includes(type)) return { icon: 'warn', tint: bad }
  if (type.startsWith('auth.second-factor-') || type.startsWith('auth.recovery-code'))
    return { icon: 'lock', tint: wait }
  if (type === 'account.pin-set' || type === 'auth.password-changed') return { icon: 'lock', tint: plain }
  if (type === 'auth.session-started') return { icon: 'phone', tint: wait }
  if (type === 'auth.app-connected') return { icon: 'globe', tint: wait }
  if (type.startsWith('account.')) return { icon: 'bank', tint: plain }
  if (type.startsWith('user.kyc-'))
    return {
      icon: 'person',
      tint: data['status'] === 'approved' ? good : data['status'] === 'submitted' ? plain : wait,
    }
  return { icon: 'bell', tint: plain }
}

const uuid = /^[0-9a-f-]{36}$/

/** To its payment, to the devices, to the accounts; undefined when it leads nowhere. */
export function messagePath({ type, data }: Pick<Message, 'type' | 'data'>): string | undefined {
  const paymentId = data['paymentId']
  if (typeof paymentId === 'string' && uuid.test(paymentId)) return `/payments/${paymentId}`
  const requestId = data['requestId']
  if (typeof requestId === 'string' && uuid.test(requestId)) return `/requests/${requestId}`
  const scheduleId = data['scheduleId']
  if (typeof scheduleId === 'string' && uuid.test(scheduleId)) return `/schedules/${scheduleId}`
  const mandateId = data['mandateId']
  if (typeof mandateId === 'string' && uuid.test(mandateId)) return `/autopay/${mandateId}`
  if (type.startsWith('account.mandate-')) return '/autopay/elsewhere'
  if (type === 'auth.phone-revoked') return '/profile/phone'
  if (type === 'auth.app-connected') return '/profile/apps'
  if (type === 'auth.session-started' || type === 'auth.password-changed') return '/profile/devices'
  if (type === 'payment.controls-changed') return '/profile/limits'
  if (type.startsWith('account.')) return '/accounts'
  if (type.startsWith('user.kyc-')) return '/profile/kyc'
  return undefined
}

/** By the day, newest first, as they come. */
export function groupByDay<T extends { at: string }>(messages: T[], dayOf: (at: string) => string) {
  const days: { day: string; messages: T[] }[] = []
  for (const message of messages) {
    const day = dayOf(message.at)
    const last = days.at(-1)
    if (last?.day === day) last.messages.push(message)
    else days.push({ day, messages: [message] })
  }
  return days
}
