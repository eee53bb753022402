// What a push message says: that something happened, and neither amounts nor names, since locked screens show it. Pure.
import type { Language } from '@bahi/contracts/formats.ts'
import type { Template } from '../messages/templates.ts'

type PushText = { title: string; text: string; path: string }

/** By the beginning of the template's name; the first that fits. */
const titles: [prefix: string, path: string, Record<Language, string>][] = [
  ['payment.received', '/payments', { en: 'You received money', hi: 'आपको पैसे मिले' }],
  ['payment.sent', '/payments', { en: 'Payment made', hi: 'भुगतान हुआ' }],
  ['payment.failed', '/payments', { en: 'Payment failed', hi: 'भुगतान विफल' }],
  ['payment.', '/payments', { en: 'Payment update', hi: 'भुगतान अपडेट' }],
  ['request.', '/requests', { en: 'Payment request update', hi: 'भुगतान अनुरोध अपडेट' }],
  ['schedule.', '/notifications', { en: 'Scheduled payment update', hi: 'तय भुगतान अपडेट' }],
  ['mandate.', '/notifications', { en: 'AutoPay update', hi: 'ऑटोपे अपडेट' }],
  ['auth.phone-', '/profile/phone', { en: 'Your mobile number', hi: 'आपका मोबाइल नंबर' }],
  ['auth.', '/profile/devices', { en: 'Security notice', hi: 'सुरक्षा सूचना' }],
]
const other: [string, Record<Language, string>] = [
  '/notifications',
  { en: 'Account notice', hi: 'खाते की सूचना' },
]
const text = { en: 'Open bahi to see it.', hi: 'देखने के लिए bahi खोलें।' }

/** @param subject of its event: a payment is opened by its id, which a lock screen does not show */
export function pushText(template: Template, language: Language, subject: string): PushText {
  const found = titles.find(([prefix]) => template.startsWith(prefix))
  const [path, title] = found ? [found[1], found[2]] : other
  const of = path === '/payments' ? `${path}/${subject}` : path
  return { title: title[language], text: text[language], path: of }
}
