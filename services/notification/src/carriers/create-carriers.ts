// Chooses the carrier of each channel from the settings.
import { sendSms } from '@bahi/contracts/sandbox.ts'
import type { ServiceDeps } from '../config.ts'
import type { Carriers, OutgoingMessage } from './carrier.ts'
import { createSmtpCarrier } from './smtp.ts'

export function createCarriers({ mode, call, config }: ServiceDeps): Carriers {
  const mail =
    config.BAHI_SMTP_URL === '' ? undefined : createSmtpCarrier(config.BAHI_SMTP_URL, config.BAHI_MAIL_FROM)
  const sms = async ({ id, to, text }: OutgoingMessage) =>
    void (await call(sendSms, { body: { id, to, text } }))
  return {
    ...(mode === 'sandbox' ? { sms } : {}),
    ...(mail ? { email: mail.send } : {}),
    close: () => mail?.close(),
  }
}
