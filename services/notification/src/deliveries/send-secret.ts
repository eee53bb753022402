// Sends a one-time code at once. Stores that it was sent, but neither the code nor the phone.
import type { Input } from '@bahi/contracts/call.ts'
import { maskPhone } from '@bahi/contracts/formats.ts'
import type { sendSecret as contract } from '@bahi/contracts/notification.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { errorCode } from '../carriers/carrier.ts'
import type { NotificationDeps } from '../deps.ts'
import { render } from '../messages/templates.ts'
import { saveSecretDelivery, type SecretDelivery } from './store.ts'

type SecretRequest = Input<typeof contract>['body']

/** The same id is sent once. Throws `unavailable` when the carrier doesn't accept the SMS; there is no later retry. */
export async function sendSecret(deps: NotificationDeps, request: SecretRequest): Promise<void> {
  const { id, phone, template } = request
  const { sms } = deps.carriers
  if (!sms) throw new Problem('unavailable', 'no SMS carrier is configured')
  const { otp = '', minutes = '' } = request.values
  if (!/^[0-9]{4,8}$/.test(otp)) throw new Problem('request-invalid', 'values.otp must have 4 to 8 digits')
  if (!/^[0-9]{1,3}$/.test(minutes)) throw new Problem('request-invalid', 'values.minutes must be a number')
  let error: string | null = null
  try {
    await sms({ id, to: phone, ...render(template, 'en', { otp, minutes }) })
  } catch (refusal) {
    error = errorCode(refusal)
  }
  const status = error === null ? 'sent' : 'failed'
  await saveResult(deps, { id, template, maskedTo: maskPhone(phone), status, error, at: deps.clock.now() })
  if (error !== null)
    throw new Problem('unavailable', `the carrier did not accept the SMS: ${error}`, { retryAfterS: 1 })
}

async function saveResult(deps: NotificationDeps, delivery: SecretDelivery): Promise<void> {
  const { id, status, error } = delivery
  const saved = await deps.transaction(async (tx) => {
    const changed = await saveSecretDelivery(tx, delivery)
    const data = { deliveryId: id, channel: 'sms', subject: id }
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
  if (saved) deps.countAttempt('sms', status)
}
