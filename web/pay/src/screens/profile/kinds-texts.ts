// The texts of notifications by type in both languages, loaded with their screen.
import type { Texts } from '@bahi/web-ui/language/translate.ts'
import { useScreenText, type Language } from '../../language/language.ts'

const en = {
  'kinds.why': 'Choose how you hear about each type. Everything stays in your list of notifications.',
  'kinds.received': 'Money received',
  'kinds.paid': 'Payments you make',
  'kinds.requests': 'Payment requests',
  'kinds.schedules': 'Planned payments',
  'kinds.mandates': 'AutoPay',
  'kinds.account': 'Accounts and UPI IDs',
  'kinds.push': 'On your devices',
  'kinds.all-on': 'All on',
  'kinds.off': 'Off: {channels}',
  'kinds.off-for-all': 'Turned off for everything in your profile',
  'kinds.paid-always': 'You always get an SMS when money leaves your account.',
  'kinds.mandates-always':
    'You always get an SMS before AutoPay takes money, and after AutoPay of another app took it.',
  'kinds.always': 'Codes, debits, notices before AutoPay takes money and security alerts are always sent.',
} as const

type KindsTextKey = keyof typeof en

const hi: Texts<KindsTextKey> = {
  'kinds.why': 'चुनें कि किस बात की सूचना कैसे मिले। सूचनाओं की सूची में सब कुछ रहता है।',
  'kinds.received': 'मिले हुए पैसे',
  'kinds.paid': 'आपके भुगतान',
  'kinds.requests': 'भुगतान अनुरोध',
  'kinds.schedules': 'तय भुगतान',
  'kinds.mandates': 'ऑटोपे',
  'kinds.account': 'खाते और UPI ID',
  'kinds.push': 'आपके डिवाइस पर',
  'kinds.all-on': 'सब चालू',
  'kinds.off': 'बंद: {channels}',
  'kinds.off-for-all': 'प्रोफ़ाइल में सबके लिए बंद है',
  'kinds.paid-always': 'खाते से पैसे कटने पर SMS हमेशा आता है।',
  'kinds.mandates-always': 'ऑटोपे से पैसे कटने से पहले, और दूसरे ऐप के ऑटोपे से कटने के बाद, SMS हमेशा आता है।',
  'kinds.always': 'कोड, पैसे कटने, ऑटोपे से पहले और सुरक्षा के अलर्ट हमेशा भेजे जाते हैं।',
}

const texts = { en, hi } satisfies Record<Language, Texts<KindsTextKey>>

export const useKindsText = () => useScreenText(texts)
