// The texts of messages in every language, and how they are filled with values. Pure.
import { formatDay } from '@bahi/contracts/dates.ts'
import { formatRupees, type Language } from '@bahi/contracts/formats.ts'
import { upiCodeText } from '@bahi/contracts/upi-codes.ts'
import { purposeText } from './code-purposes.ts'
import { addressTemplates } from './address-templates.ts'
import { controlsTemplates } from './controls-templates.ts'
import { elsewhereTemplates } from './elsewhere-templates.ts'
import { momentText } from './moment-text.ts'
import { kycTemplates } from './kyc-templates.ts'
import { privacyTemplates } from './privacy-templates.ts'
import { roleText, roleAdvice } from './role-names.ts'
import { roleTemplates } from './role-templates.ts'
import { signInTemplates } from './sign-in-templates.ts'
import { quotedDevice, withoutContacts, withoutControls } from './safe-text.ts'

export type MessageText = { title: string; text: string }

/**
 * Values that templates are filled with. Formatted for each language: `amountPaise`, `until` (a time), `on` (a day),
 * `code` (a UPI response code), `purpose` (of a one-time code), `role`, with whom its person turns to (`roleAdvice`).
 * Made safe: `name` and `device`, which strangers chose.
 */
export type Values = Record<string, string>

// Stored messages are rendered when they are read, for as long as they are kept: what a template is filled with does
// not change, and one that is no longer used stays for that long.

const secure = 'Not you? Sign out your devices in the app and call your bank.'
const secureHindi = 'यह आपने नहीं किया? ऐप में अपने डिवाइस साइन आउट करें और बैंक को कॉल करें।'

const unknownDevice = { en: 'unknown', hi: 'अनजान' }

const templates = {
  'payment.sent': {
    en: { title: 'Paid {amount}', text: '{amount} paid to {name}. RRN {rrn}.' },
    hi: { title: '{amount} का भुगतान हुआ', text: '{name} को {amount} का भुगतान हुआ। RRN {rrn}।' },
  },
  'payment.received': {
    en: { title: 'Received {amount}', text: '{amount} received from {name}. RRN {rrn}.' },
    hi: { title: '{amount} मिले', text: '{name} से {amount} मिले। RRN {rrn}।' },
  },
  'payment.failed': {
    en: { title: 'Payment failed', text: '{amount} to {name} was not paid. {reason}' },
    hi: { title: 'भुगतान विफल', text: '{name} को {amount} का भुगतान नहीं हुआ। {reason}' },
  },
  'payment.pending': {
    en: {
      title: 'Payment pending',
      text:
        '{amount} to {name}: the receiving bank has not confirmed yet. ' +
        'Your money is safe: it is paid, or you get it back.',
    },
    hi: {
      title: 'भुगतान पेंडिंग',
      text:
        '{name} को {amount}: पाने वाले के बैंक ने अभी पुष्टि नहीं की है। आपका पैसा सुरक्षित है: ' +
        'भुगतान हो जाएगा, या पैसे वापस मिलेंगे।',
    },
  },
  'request.made': {
    en: { title: 'Request for {amount}', text: '{name} requests {amount} from you until {until}.' },
    hi: { title: '{amount} का अनुरोध', text: '{name} ने आपसे {amount} माँगे हैं, {until} तक।' },
  },
  'request.reminded': {
    en: { title: 'Reminder: {amount}', text: '{name} is waiting for {amount} from you.' },
    hi: { title: 'याद दिलाना: {amount}', text: '{name} को आपसे {amount} का इंतज़ार है।' },
  },
  'request.cancelled': {
    en: { title: 'Request cancelled', text: '{name} cancelled the request for {amount}.' },
    hi: { title: 'अनुरोध रद्द हुआ', text: '{name} ने {amount} का अनुरोध रद्द कर दिया।' },
  },
  'request.declined': {
    en: { title: 'Request declined', text: '{name} declined your request for {amount}.' },
    hi: { title: 'अनुरोध अस्वीकार हुआ', text: '{name} ने {amount} का आपका अनुरोध अस्वीकार कर दिया।' },
  },
  'request.expired': {
    en: { title: 'Request expired', text: '{name} did not answer your request for {amount} in time.' },
    hi: { title: 'अनुरोध की समय सीमा बीती', text: '{name} ने {amount} के आपके अनुरोध का समय पर जवाब नहीं दिया।' },
  },
  'request.failed': {
    en: {
      title: 'Request failed',
      text: 'Your request for {amount} to {name} did not go through. No money moved.',
    },
    hi: { title: 'अनुरोध असफल', text: '{name} से {amount} का आपका अनुरोध पूरा नहीं हुआ। कोई पैसा नहीं कटा।' },
  },
  'mandate.requested': {
    en: {
      title: '{name} asks for AutoPay',
      text: '{name} asks to debit up to {amount} by AutoPay. Approve with your UPI PIN or decline until {until}.',
    },
    hi: {
      title: '{name} का ऑटोपे अनुरोध',
      text: '{name} ऑटोपे से {amount} तक काटना चाहते हैं। {until} तक UPI PIN डालकर मंज़ूर करें या मना करें।',
    },
  },
  'mandate.authorised': {
    en: {
      title: 'AutoPay is on',
      text: `{name} may now debit up to {amount} by AutoPay. You are notified before each debit. ${secure}`,
    },
    hi: {
      title: 'ऑटोपे चालू',
      text: `{name} अब ऑटोपे से {amount} तक काट सकते हैं। हर कटौती से पहले सूचना मिलेगी। ${secureHindi}`,
    },
  },
  'mandate.agreed': {
    en: { title: 'AutoPay is on', text: '{name} agreed to AutoPay of up to {amount}.' },
    hi: { title: 'ऑटोपे चालू', text: '{name} ने {amount} तक के ऑटोपे को मंज़ूरी दी।' },
  },
  'mandate.updated': {
    en: { title: 'AutoPay changed', text: `{name} may now debit up to {amount} by AutoPay. ${secure}` },
    hi: { title: 'ऑटोपे बदला', text: `{name} अब ऑटोपे से {amount} तक काट सकते हैं। ${secureHindi}` },
  },
  'mandate.ported': {
    en: {
      title: 'AutoPay moved',
      text: `AutoPay of {name}, up to {amount}, is debited from {to} now. ${secure}`,
    },
    hi: { title: 'ऑटोपे बदला', text: `{name} का {amount} तक का ऑटोपे अब {to} से कटेगा। ${secureHindi}` },
  },
  'mandate.ported-in': {
    en: {
      title: 'AutoPay is in this app now',
      text: `AutoPay of {name}, up to {amount}, was moved here from another app. ${secure}`,
    },
    hi: {
      title: 'ऑटोपे अब इस ऐप में',
      text: `{name} का {amount} तक का ऑटोपे दूसरे ऐप से यहाँ आ गया है। ${secureHindi}`,
    },
  },
  'mandate.payer-here': {
    en: {
      title: 'AutoPay is in this app now',
      text: '{name} moved AutoPay of up to {amount} to this app, and pays you from here. Its debits go on.',
    },
    hi: {
      title: 'ऑटोपे अब इस ऐप में',
      text: '{name} {amount} तक का ऑटोपे इस ऐप में ले आए हैं, और आपको यहीं से पैसे देंगे। कटौतियाँ पहले जैसी चलेंगी।',
    },
  },
  'mandate.ported-out': {
    en: {
      title: 'AutoPay is in another app now',
      text: `AutoPay of {name}, up to {amount}, was moved to another app. ${secure}`,
    },
    hi: {
      title: 'ऑटोपे अब दूसरे ऐप में',
      text: `{name} का {amount} तक का ऑटोपे दूसरे ऐप में चला गया है। ${secureHindi}`,
    },
  },
  'mandate.declined': {
    en: { title: 'AutoPay declined', text: '{name} declined AutoPay of {amount}.' },
    hi: { title: 'ऑटोपे नामंज़ूर', text: '{name} ने {amount} का ऑटोपे मना कर दिया।' },
  },
  'mandate.failed': {
    en: { title: 'AutoPay not possible', text: '{name} could not agree to AutoPay of {amount}. {reason}' },
    hi: { title: 'ऑटोपे नहीं हो सका', text: '{name} {amount} के ऑटोपे को मंज़ूरी नहीं दे सके। {reason}' },
  },
  'mandate.revoked': {
    en: { title: 'AutoPay cancelled', text: 'AutoPay of up to {amount} with {name} is cancelled.' },
    hi: { title: 'ऑटोपे बंद', text: '{name} के साथ {amount} तक का ऑटोपे बंद हो गया है।' },
  },
  'mandate.debit-announced': {
    en: {
      title: 'AutoPay: {amount} soon',
      text: '{amount} for {name} is debited by AutoPay on {until} or later. You can skip it in the app before.',
    },
    hi: {
      title: 'ऑटोपे: जल्द {amount}',
      text: '{name} के लिए {amount} ऑटोपे से {until} या उसके बाद कटेंगे। उससे पहले आप ऐप में इसे छोड़ सकते हैं।',
    },
  },
  'mandate.debit-to-approve': {
    en: {
      title: 'Approve {amount}',
      text: '{name} asks for {amount} by AutoPay. It is over the limit: it is paid only if you enter your UPI PIN.',
    },
    hi: {
      title: '{amount} मंज़ूर करें',
      text: '{name} ने ऑटोपे से {amount} माँगे हैं। राशि सीमा से ज़्यादा है: UPI PIN डालने पर ही भुगतान होगा।',
    },
  },
  'mandate.debit-retried': {
    en: {
      title: 'AutoPay failed for now',
      text: '{amount} for {name} was not debited. {reason} It is tried again on {until} or later.',
    },
    hi: {
      title: 'ऑटोपे अभी विफल',
      text: '{name} के लिए {amount} नहीं कटे। {reason} {until} या उसके बाद फिर कोशिश होगी।',
    },
  },
  'mandate.debit-failed': {
    en: { title: 'AutoPay failed', text: '{amount} with {name} was not debited by AutoPay. {reason}' },
    hi: { title: 'ऑटोपे विफल', text: '{name} के साथ {amount} ऑटोपे से नहीं कटे। {reason}' },
  },
  'mandate.debit-skipped': {
    en: { title: 'AutoPay skipped', text: '{amount} from {name}, due on {on}, is not debited.' },
    hi: { title: 'ऑटोपे छोड़ा गया', text: '{name} से {on} को आने वाले {amount} नहीं कटेंगे।' },
  },
  'schedule.reminded': {
    en: {
      title: '{amount} due tomorrow',
      text: '{amount} to {name} is due on {on}. Nothing is debited by itself: you pay it with your UPI PIN.',
    },
    hi: {
      title: 'कल देना है: {amount}',
      text: '{name} को {amount} {on} को देने हैं। अपने आप कुछ नहीं कटेगा: आप UPI PIN डालकर भुगतान करेंगे।',
    },
  },
  'schedule.due': {
    en: {
      title: '{amount} is due',
      text: '{amount} to {name} is due: pay it with your UPI PIN until {until}.',
    },
    hi: { title: '{amount} देने हैं', text: '{name} को {amount} देने हैं: {until} तक UPI PIN डालकर भुगतान करें।' },
  },
  'schedule.missed': {
    en: { title: '{amount} was not paid', text: '{amount} to {name}, planned for {on}, was not paid.' },
    hi: { title: '{amount} का भुगतान नहीं हुआ', text: '{name} को {on} के लिए तय {amount} का भुगतान नहीं हुआ।' },
  },
  'schedule.completed': {
    en: { title: 'Schedule completed', text: 'The last planned payment of {amount} to {name} is over.' },
    hi: { title: 'शेड्यूल पूरा हुआ', text: '{name} को {amount} का आखिरी तय भुगतान पूरा हुआ।' },
  },
  'account.linked': {
    en: { title: 'Bank account linked', text: 'Your account {account} at {bank} is linked.' },
    hi: { title: 'बैंक खाता जुड़ गया', text: 'आपका {bank} का खाता {account} जुड़ गया है।' },
  },
  'account.unlinked': {
    en: { title: 'Bank account unlinked', text: `Your account {account} at {bank} is unlinked. ${secure}` },
    hi: { title: 'बैंक खाता हटाया गया', text: `आपका {bank} का खाता {account} हटा दिया गया है। ${secureHindi}` },
  },
  'account.pin-set': {
    en: { title: 'UPI PIN set', text: `A UPI PIN was set for your bank account. ${secure}` },
    hi: { title: 'UPI PIN सेट हुआ', text: `आपके बैंक खाते के लिए UPI PIN सेट किया गया। ${secureHindi}` },
  },
  'account.pin-changed': {
    en: { title: 'UPI PIN changed', text: `The UPI PIN of your bank account was changed. ${secure}` },
    hi: { title: 'UPI PIN बदला गया', text: `आपके बैंक खाते का UPI PIN बदला गया। ${secureHindi}` },
  },
  'account.pin-locked': {
    en: { title: 'UPI PIN locked', text: `Your UPI PIN is locked after too many wrong tries. ${secure}` },
    hi: { title: 'UPI PIN लॉक हुआ', text: `कई बार गलत PIN डालने से आपका UPI PIN लॉक हो गया है। ${secureHindi}` },
  },
  'account.vpa-created': {
    en: { title: 'UPI ID ready', text: 'Your UPI ID {vpa} is ready to pay and receive.' },
    hi: { title: 'UPI ID तैयार है', text: 'आपकी UPI ID {vpa} भुगतान करने और पाने के लिए तैयार है।' },
  },
  'auth.registered': {
    en: { title: 'Welcome to bahi', text: 'Link a bank account and set a UPI PIN, and you can pay.' },
    hi: { title: 'bahi में आपका स्वागत है', text: 'बैंक खाता जोड़ें और UPI PIN सेट करें, फिर आप भुगतान कर सकते हैं।' },
  },
  'auth.new-device': {
    en: { title: 'New device', text: `Your bahi account was opened on a new device: {device}. ${secure}` },
    hi: { title: 'नया डिवाइस', text: `आपका bahi खाता एक नए डिवाइस पर खोला गया: {device}। ${secureHindi}` },
  },
  'auth.app-connected': {
    en: { title: 'App connected', text: `You let the app {name} use your bahi account. ${secure}` },
    hi: { title: 'ऐप जुड़ा', text: `आपने ऐप {name} को अपना bahi खाता इस्तेमाल करने दिया। ${secureHindi}` },
  },
  'auth.password-reset': {
    en: {
      title: 'Password reset',
      text:
        'The password of your bahi account was reset by a one-time code, and other devices were signed out. ' +
        secure,
    },
    hi: {
      title: 'पासवर्ड रीसेट हुआ',
      text: `आपके bahi खाते का पासवर्ड वन-टाइम कोड से रीसेट हुआ और बाकी डिवाइस साइन आउट हो गए। ${secureHindi}`,
    },
  },
  'auth.password-changed': {
    en: {
      title: 'Password changed',
      text: `The password of your bahi account was changed, and other devices were signed out. ${secure}`,
    },
    hi: {
      title: 'पासवर्ड बदला गया',
      text: `आपके bahi खाते का पासवर्ड बदला गया और बाकी डिवाइस साइन आउट हो गए। ${secureHindi}`,
    },
  },
  ...signInTemplates,
  'user.email-changed': {
    en: {
      title: 'Email changed',
      text: `The email address of your bahi account was changed. ${secure}`,
    },
    hi: { title: 'ईमेल बदला गया', text: `आपके bahi खाते का ईमेल पता बदला गया। ${secureHindi}` },
  },
  'notification.preferences-changed': {
    en: {
      title: 'Notifications changed',
      text: `The notifications of your bahi account were changed. You still get an SMS for every debit. ${secure}`,
    },
    hi: {
      title: 'सूचनाएँ बदली गईं',
      text: `आपके bahi खाते की सूचनाएँ बदली गईं। पैसे कटने पर SMS हमेशा आएगा। ${secureHindi}`,
    },
  },
  ...addressTemplates,
  ...kycTemplates,
  ...privacyTemplates,
  ...roleTemplates,
  ...controlsTemplates,
  ...elsewhereTemplates,
  'account.vpa-released': {
    en: { title: 'UPI ID closed', text: `Your UPI ID {vpa} is closed. It can’t be paid any more. ${secure}` },
    hi: {
      title: 'UPI ID बंद हुई',
      text: `आपकी UPI ID {vpa} बंद है: अब इस पर कोई भुगतान नहीं कर सकता। ${secureHindi}`,
    },
  },
  'account.number-set': {
    en: {
      title: 'UPI number on',
      text: `Money sent to your UPI number {number} now goes to {vpa}. ${secure}`,
    },
    hi: { title: 'UPI नंबर चालू', text: `आपके UPI नंबर {number} पर आने वाले पैसे अब {vpa} पर जाएँगे। ${secureHindi}` },
  },
  'account.number-released': {
    en: { title: 'UPI number off', text: `Your UPI number {number} is switched off. ${secure}` },
    hi: { title: 'UPI नंबर बंद', text: `आपका UPI नंबर {number} बंद कर दिया गया है। ${secureHindi}` },
  },
  otp: {
    en: {
      title: 'One-time code',
      text: '{otp} is your bahi code {for}, valid for {minutes} minutes. Never share it, not even with us.',
    },
    hi: {
      title: 'वन-टाइम कोड',
      text: '{otp} {for} आपका bahi कोड है, {minutes} मिनट तक मान्य। इसे किसी को न बताएँ, हमें भी नहीं।',
    },
  },
} as const satisfies Record<string, Record<Language, MessageText>>

export type Template = keyof typeof templates

/** What is in the app, in mails and push messages alone. */
const neverBySms = [
  ...([
    'payment.failed',
    'payment.pending',
    'account.linked',
    'account.vpa-created',
    'auth.registered',
    'user.email-code',
    'auth.email-code',
    'auth.email-sign-in-code',
    'auth.phone-released',
    'auth.phone-revoked',
  ] as const),
  ...(['request.made', 'request.reminded', 'request.cancelled', 'request.declined'] as const),
  ...(['request.expired', 'request.failed', 'schedule.missed', 'schedule.completed'] as const),
  ...(['kyc.submitted', 'kyc.file-refused', 'mandate.debit-skipped'] as const),
  ...(['mandate.requested', 'mandate.agreed', 'mandate.declined', 'mandate.failed'] as const),
  'mandate.payer-here',
] as const satisfies Template[]
export type SmsTemplate = Exclude<Template, (typeof neverBySms)[number]>

export const isSmsTemplate = (template: Template): template is SmsTemplate =>
  !(neverBySms as Template[]).includes(template)

export const templateNames = Object.keys(templates) as Template[]
/** In production each of them has an id at the carrier, in each language. */
export const smsTemplates = templateNames.filter(isSmsTemplate)

/** Throws when a value is missing, which is a bug. */
export function render(template: Template, language: Language, values: Values): MessageText {
  const { title, text } = templates[template][language]
  const localised = localise(language, values, template)
  return { title: fill(title, localised), text: fill(text, localised) }
}

function localise(language: Language, values: Values, template: Template): Values {
  const { amountPaise, until, on, code, device, name, purpose, role } = values
  return {
    ...values,
    ...(amountPaise === undefined ? {} : { amount: formatRupees(Number(amountPaise)) }),
    ...(until === undefined ? {} : { until: momentText(language, new Date(until), template) }),
    ...(on === undefined ? {} : { on: formatDay(language, on) }),
    ...(code === undefined ? {} : { reason: upiCodeText(code, language) }),
    ...(purpose === undefined ? {} : { for: purposeText(purpose, language) }),
    ...(role === undefined ? {} : { role: roleText(role, language), roleAdvice: roleAdvice(role, language) }),
    ...(name === undefined ? {} : { name: withoutContacts(name) }),
    ...(device === undefined ? {} : { device: quotedDevice(device) ?? unknownDevice[language] }),
  }
}

function fill(pattern: string, values: Values): string {
  return pattern.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    if (value === undefined) throw new Error(`no value for {${name}}`)
    return withoutControls(value)
  })
}
