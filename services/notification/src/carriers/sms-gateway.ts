// Sends SMS through an HTTP gateway, as India's rules for commercial SMS demand (TRAI's TCCCPR 2018, "DLT"): every
// message names the registered sender, its header, and the template that was registered for its text and language.
import type { Language } from '@bahi/contracts/formats.ts'
import { smsTemplates, type Template } from '../messages/templates.ts'
import type { Carrier } from './carrier.ts'
import { checkTaken, post, type Receiver } from './post.ts'

// Other refusals are of us, such as of the key, and end when the operator mends the settings.
const receiver: Receiver = { name: 'the SMS gateway', isFinal: (status) => status === 400 || status === 422 }

export type SmsGatewaySettings = {
  /** Where SMS are posted to: the operator's setting, never a client's. */
  url: string
  /** Sent as a bearer token. */
  key: string
  /** The principal entity's id at the DLT. */
  entityId: string
  /** Six letters that people see as the sender. */
  header: string
  /** JSON: the registered template id of each message in each language. */
  templates: string
}

type TemplateIds = Record<string, Partial<Record<Language, string>>>

/** Throws at start for settings that are incomplete, and names every message without a registered template. */
export function createSmsGateway(settings: SmsGatewaySettings): Carrier {
  const url = addressIn(settings.url)
  if (!/^[\x21-\x7e]+$/.test(settings.key)) throw new Error('BAHI_SMS_KEY is no bearer token')
  if (!/^[0-9]{10,25}$/.test(settings.entityId))
    throw new Error('BAHI_SMS_ENTITY_ID is no entity id of the DLT')
  if (!/^[A-Za-z]{3,6}$/.test(settings.header))
    throw new Error('BAHI_SMS_HEADER is no header: up to six letters')
  const ids = templateIdsIn(settings.templates)
  return async ({ id, to, text, template, language }) => {
    const body = JSON.stringify({
      ...{ id, to, text, header: settings.header, entityId: settings.entityId },
      templateId: ids[template]![language],
      // Devanagari does not fit the alphabet of plain SMS, nor does the rupee sign.
      encoding: /^[\x20-\x7e\n]*$/.test(text) ? 'gsm' : 'unicode',
    })
    const headers = {
      'content-type': 'application/json',
      authorization: `Bearer ${settings.key}`,
      'idempotency-key': id,
    }
    checkTaken(receiver, await post(receiver, url, { headers, body }))
  }
}

/** Without TLS only on this machine. */
function addressIn(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isLocal = url?.protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname)
  if (!url || !(isLocal || url.protocol === 'https:'))
    throw new Error('BAHI_SMS_URL must begin with https://')
  return url.href
}

/** An id has digits alone; each message has one in each language, or the process does not start. */
function templateIdsIn(json: string): TemplateIds {
  let ids: TemplateIds | null
  try {
    ids = JSON.parse(json) as TemplateIds | null
  } catch {
    throw new Error('BAHI_SMS_TEMPLATES is no JSON')
  }
  if (typeof ids !== 'object' || ids === null) throw new Error('BAHI_SMS_TEMPLATES is no JSON object')
  const missing = smsTemplates.flatMap((template: Template) =>
    (['en', 'hi'] as const)
      .filter(
        (language) =>
          !/^[0-9]{10,25}$/.test(Object.hasOwn(ids, template) ? (ids[template]?.[language] ?? '') : ''),
      )
      .map((language) => `${template} (${language})`),
  )
  if (missing.length > 0) throw new Error(`BAHI_SMS_TEMPLATES has no template id for ${missing.join(', ')}`)
  return ids
}
