// Chooses the carrier of each channel from the settings.
import { sendSms } from '@bahi/contracts/sandbox.ts'
import type { ServiceDeps } from '../config.ts'
import type { Carriers, OutgoingMessage } from './carrier.ts'
import { createSmsGateway } from './sms-gateway.ts'
import { createSmtpCarrier } from './smtp.ts'

export function createCarriers({ mode, call, config }: ServiceDeps): Carriers {
  const mail =
    config.BAHI_SMTP_URL === '' ? undefined : createSmtpCarrier(config.BAHI_SMTP_URL, config.BAHI_MAIL_FROM)
  const gateway =
    config.BAHI_SMS_URL === ''
      ? undefined
      : createSmsGateway({
          url: config.BAHI_SMS_URL,
          key: config.BAHI_SMS_KEY,
          entityId: config.BAHI_SMS_ENTITY_ID,
          header: config.BAHI_SMS_HEADER,
          templates: config.BAHI_SMS_TEMPLATES,
        })
  const inSandbox = async ({ id, to, text }: OutgoingMessage) =>
    void (await call(sendSms, { body: { id, to, text } }))
  return {
    ...(gateway ? { sms: gateway } : mode === 'sandbox' ? { sms: inSandbox } : {}),
    ...(mail ? { email: mail.send } : {}),
    close: () => mail?.close(),
  }
}
