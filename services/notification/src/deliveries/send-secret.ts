// Sends at once what is stored nowhere: one-time codes, and notices to an address that a person gives up.
import type { Input } from '@bahi/contracts/call.ts'
import { maskPhone, type Language } from '@bahi/contracts/formats.ts'
import type {
  notifyOldPhone as oldPhoneContract,
  sendNotice as noticeContract,
  sendSecret as contract,
} from '@bahi/contracts/notification.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { errorCode, isPermanent } from '../carriers/carrier.ts'
import type { NotificationDeps } from '../deps.ts'
import { render, type Template } from '../messages/templates.ts'
import { maskAddress } from './send-deliveries.ts'
import { saveDirectDelivery, type DirectDelivery } from './store.ts'

type SecretRequest = Input<typeof contract>['body']

/** The same id is sent once. Throws `unavailable` when the carrier doesn't accept the SMS; there is no later retry. */
export async function sendSecret(deps: NotificationDeps, request: SecretRequest): Promise<void> {
  const { id, phone, template, purpose, language = 'en' } = request
  const { otp = '', minutes = '' } = request.values
  if (!/^[0-9]{4,8}$/.test(otp)) throw new Problem('request-invalid', 'values.otp must have 4 to 8 digits')
  if (!/^[0-9]{1,3}$/.test(minutes)) throw new Problem('request-invalid', 'values.minutes must be a number')
  await sendSms(deps, { id, to: phone, template, language }, { otp, minutes, purpose })
}

/**
 * The same id is sent once; without a mail carrier no notice is, and a code is refused. A mailbox that is gone is no
 * refusal of a notice. Throws `unavailable` when the carrier does not take it now.
 */
export async function sendNotice(
  deps: NotificationDeps,
  { id, email, language, template, values = {} }: Input<typeof noticeContract>['body'],
): Promise<void> {
  const send = deps.carriers.email
  const isCode = template !== 'user.email-changed'
  if (!send && isCode) throw new Problem('unavailable', 'no mail carrier is configured')
  if (!send) return
  let refusal: unknown
  try {
    await send({ id, to: email, template, language, ...render(template, language, values) })
  } catch (thrown) {
    refusal = thrown
  }
  const error = refusal === undefined ? null : errorCode(refusal)
  const status = error === null ? 'sent' : 'failed'
  const at = deps.clock.now()
  const maskedTo = maskAddress('email', email)
  await saveResult(deps, { id, channel: 'email', template, maskedTo, status, error, at })
  if (error !== null && (!isPermanent(refusal) || isCode))
    throw new Problem('unavailable', `the mail carrier did not accept the notice: ${error}`, {
      retryAfterS: 1,
    })
}

/** As a code is sent: at once, or refused with `unavailable`. The same id is sent once. */
export async function notifyOldPhone(
  deps: NotificationDeps,
  { id, phone, language }: Input<typeof oldPhoneContract>['body'],
): Promise<void> {
  const template = 'auth.phone-left'
  await sendSms(deps, { id, to: phone, template, language }, {})
}

type DirectSms = { id: string; to: string; template: Template; language: Language }

/** Throws `unavailable` when the carrier does not take it. */
async function sendSms(
  deps: NotificationDeps,
  sms: DirectSms,
  values: Parameters<typeof render>[2],
): Promise<void> {
  const send = deps.carriers.sms
  if (!send) throw new Problem('unavailable', 'no SMS carrier is configured')
  let error: string | null = null
  try {
    await send({ ...sms, ...render(sms.template, sms.language, values) })
  } catch (refusal) {
    error = errorCode(refusal)
  }
  const { id, to, template } = sms
  const status = error === null ? 'sent' : 'failed'
  const at = deps.clock.now()
  await saveResult(deps, { id, channel: 'sms', template, maskedTo: maskPhone(to), status, error, at })
  if (error !== null)
    throw new Problem('unavailable', `the carrier did not accept the SMS: ${error}`, { retryAfterS: 1 })
}

async function saveResult(deps: NotificationDeps, delivery: DirectDelivery): Promise<void> {
  const { id, channel, status, error } = delivery
  const saved = await deps.transaction(async (tx) => {
    const changed = await saveDirectDelivery(tx, delivery)
    const data = { deliveryId: id, channel, subject: id }
    if (changed && status === 'sent')
      await deps.append(tx, { type: 'notification.delivered', stream: id, data })
    if (changed && status === 'failed') {
      await deps.append(tx, {
        type: 'notification.undelivered',
        stream: id,
        data: { ...data, error: error ?? '' },
      })
    }
    return changed
  })
  if (saved) deps.countAttempt(channel, status)
}
