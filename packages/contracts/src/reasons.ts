// Why a payment was refused or warned of before it began, as a sentence for people in every language.
import type { Language } from './formats.ts'
import { upiCodeText } from './upi-codes.ts'

type Text = Readonly<Record<Language, string>>

const ownLimit: Text = {
  en: 'That is over a limit you have set yourself. You can change it in your profile.',
  hi: 'यह आपकी अपनी तय की हुई सीमा से ज़्यादा है। इसे आप प्रोफ़ाइल में बदल सकते हैं।',
}

/** Of a payer who can raise it by themselves. */
const tierLimit: Text = {
  en: 'That is over the limit until your identity is verified. You can verify it in your profile.',
  hi: 'पहचान सत्यापित होने तक की सीमा से यह ज़्यादा है। पहचान आप प्रोफ़ाइल में सत्यापित कर सकते हैं।',
}

/** Staff have stopped such payments. */
export const stoppedReason = 'platform:stopped'

const texts = new Map<string, Text>([
  [
    'person:stopped',
    {
      en: 'You have stopped all payments from your accounts. You can resume them in your profile.',
      hi: 'आपने अपने खातों से सारे भुगतान रोक दिए हैं। इन्हें आप प्रोफ़ाइल में फिर शुरू कर सकते हैं।',
    },
  ],
  [
    stoppedReason,
    {
      en: 'Payments are stopped for now. No money has moved. Try again later.',
      hi: 'भुगतान अभी रुके हुए हैं। कोई पैसा नहीं कटा। बाद में फिर कोशिश करें।',
    },
  ],
  [
    'person:persons-off',
    {
      en: 'You have switched off payments to people. Merchants can be paid.',
      hi: 'आपने लोगों को भुगतान बंद किया है। व्यापारियों को भुगतान हो सकता है।',
    },
  ],
  [
    'person:hours',
    {
      en: 'You have switched off payments at this hour of the day.',
      hi: 'आपने दिन के इस समय भुगतान बंद किया है।',
    },
  ],
  [
    'person:blocked-payee',
    {
      en: 'You have blocked them. Do you really want to pay them?',
      hi: 'आपने इन्हें ब्लॉक किया है। क्या आप सच में इन्हें भुगतान करना चाहते हैं?',
    },
  ],
  [
    'picture:transaction-amount',
    {
      en: 'By a code from a picture, only a small amount can be paid. Scan the code where it hangs instead.',
      hi: 'तस्वीर वाले कोड से कम रकम ही भेजी जा सकती है। कोड जहाँ लगा है, वहीं स्कैन करें।',
    },
  ],
  [
    'risk:new-payee',
    {
      en: 'You have not paid them before, and it is a large amount. Check that you know who they are.',
      hi: 'आपने इन्हें पहले भुगतान नहीं किया है, और राशि बड़ी है। जाँच लें कि आप इन्हें जानते हैं।',
    },
  ],
  [
    'risk:many-payees',
    {
      en: 'You have paid many different people in the last minutes. Is somebody telling you what to do?',
      hi: 'आपने पिछले कुछ मिनटों में कई लोगों को भुगतान किया है। क्या कोई आपसे यह करवा रहा है?',
    },
  ],
  [
    'risk:asks-to-receive',
    {
      en: 'You never enter a UPI PIN to receive money. This payment takes money from your account.',
      hi: 'पैसे पाने के लिए UPI PIN कभी नहीं डालना होता। यह भुगतान आपके खाते से पैसे काटेगा।',
    },
  ],
])

/** The sentence for a reason, or that of its UPI code when it has none of its own. */
export function reasonText(reason: string | undefined, code: string | undefined, language: Language): string {
  const own = reason === undefined ? undefined : texts.get(reason)
  if (own) return own[language]
  if (reason?.startsWith('further:kyc-')) return tierLimit[language]
  return reason !== undefined && /^(person|payee):/.test(reason)
    ? ownLimit[language]
    : upiCodeText(code ?? 'XB', language)
}
