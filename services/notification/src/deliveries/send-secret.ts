// Sends a one-time code at once; that it was sent is kept, the code and the phone are not.
import type { Input } from '@bahi/contracts/call.ts'
import { maskPhone } from '@bahi/contracts/formats.ts'
import type { sendSecret as contract } from '@bahi/contracts/notification.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { errorWord } from '../carriers/carriers.ts'
import type { NotificationDeps } from '../notification.ts'
import { putSecret, type Secret } from './store.ts'
import { render } from '../messages/templates.ts'

type Asked = Input<typeof contract>['body']

/** The same id again is sent once. Throws `unavailable` when the carrier doesn't take it: nothing is tried later. */
export async function sendSecret(deps: NotificationDeps, asked: Asked): Promise<void> {
  const { id, phone, template } = asked
  const { sms } = deps.carriers
  if (!sms) throw new Problem('unavailable', 'nobody is set up to carry SMS')
  const { otp = '', minutes = '' } = asked.values
  if (!/^[0-9]{4,8}$/.test(otp)) throw new Problem('request-invalid', 'values.otp must have 4 to 8 digits')
  if (!/^[0-9]{1,3}$/.test(minutes)) throw new Problem('request-invalid', 'values.minutes must be a number')
  let error: string | null = null
  try {
    await sms({ id, to: phone, ...render(template, 'en', { otp, minutes }) })
  } catch (refused) {
    error = errorWord(refused)
  }
  const status = error === null ? 'sent' : 'failed'
  await keep(deps, { id, template, maskedTo: maskPhone(phone), status, error, at: deps.clock.now() })
  if (error !== null) throw new Problem('unavailable', `the SMS was not taken: ${error}`, { retryAfterS: 1 })
}

async function keep(deps: NotificationDeps, secret: Secret): Promise<void> {
  const { id, status, error } = secret
  const kept = await deps.transaction(async (tx) => {
    const changed = await putSecret(tx, secret)
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
  if (kept) deps.counts('sms', status)
}
