// The texts of a person's data in both languages, loaded with its screen.
import type { ErasureObstacle } from '@bahi/contracts/erasure.ts'
import type { Texts } from '@bahi/web-ui/language/translate.ts'
import { useScreenText, type Language } from '../../language/language.ts'

const en = {
  'data.copy': 'Get a copy',
  'data.copy-text':
    'One file with everything we hold about you: profile, accounts, payments, contacts, messages. You can save it for a few days.',
  'data.ask': 'Ask for a copy',
  'data.waiting': 'Being made…',
  'data.ready': 'Ready until {at}',
  'data.failed': 'It became too large for one file',
  'data.expired': 'No longer kept',
  'data.save': 'Save',
  'data.asked': 'Asked for on {at}',
  'data.close': 'Close your account',
  'data.close-text':
    'After {days} days your account ends: UPI IDs, devices, contacts and messages are deleted. What the law asks us to keep, such as your KYC and who paid whom, is deleted about {years} years later.',
  'data.close-ask': 'Close my account',
  'data.close-sure': 'Close your account?',
  'data.close-sure-text':
    'Nobody can pay you from now on; what failed payments give back still reaches you. You have {days} days to ' +
    'change your mind. After that nothing can be brought back.',
  'data.closing': 'Your account ends on {at}',
  'data.keep': 'Keep my account',
  'data.before': 'To be done first:',
  'data.money': 'Move the money out of your account',
  'data.payments': 'Wait until your payments have ended',
  'data.requests': 'Answer or cancel open requests',
  'data.mandates': 'Cancel your AutoPay mandates',
  'data.schedules': 'End your planned payments',
  'data.kyc': 'Wait until your documents are checked, or withdraw them',
  'data.staff-role': 'Have your staff role ended',
} as const

type DataTextKey = keyof typeof en

const hi: Texts<DataTextKey> = {
  'data.copy': 'कॉपी लें',
  'data.copy-text':
    'एक फ़ाइल में वह सब जो हमारे पास आपके बारे में है: प्रोफ़ाइल, खाते, भुगतान, संपर्क, संदेश। आप इसे कुछ दिन तक सेव कर सकते हैं।',
  'data.ask': 'कॉपी माँगें',
  'data.waiting': 'बन रही है…',
  'data.ready': '{at} तक तैयार',
  'data.failed': 'यह एक फ़ाइल के लिए बहुत बड़ी हो गई',
  'data.expired': 'अब नहीं रखी गई',
  'data.save': 'सेव करें',
  'data.asked': '{at} को माँगी गई',
  'data.close': 'खाता बंद करें',
  'data.close-text':
    '{days} दिन बाद आपका खाता बंद होगा: UPI ID, डिवाइस, संपर्क और संदेश मिटा दिए जाएँगे। जो क़ानून रखने को कहता है, जैसे KYC और किसने किसे भुगतान किया, वह क़रीब {years} साल बाद मिटेगा।',
  'data.close-ask': 'मेरा खाता बंद करें',
  'data.close-sure': 'खाता बंद करें?',
  'data.close-sure-text':
    'अब से कोई आपको भुगतान नहीं कर सकेगा; विफल भुगतान का पैसा लौटता रहेगा। मन बदलने के लिए आपके पास {days} दिन ' +
    'हैं। उसके बाद कुछ वापस नहीं लाया जा सकता।',
  'data.closing': 'आपका खाता {at} को बंद होगा',
  'data.keep': 'खाता बनाए रखें',
  'data.before': 'पहले यह करें:',
  'data.money': 'खाते से पैसे निकाल लें',
  'data.payments': 'भुगतान पूरे होने तक रुकें',
  'data.requests': 'खुले अनुरोधों का जवाब दें या उन्हें रद्द करें',
  'data.mandates': 'ऑटोपे मैंडेट रद्द करें',
  'data.schedules': 'तय भुगतान खत्म करें',
  'data.kyc': 'दस्तावेज़ जाँचे जाने तक रुकें, या उन्हें वापस लें',
  'data.staff-role': 'अपनी स्टाफ़ भूमिका खत्म कराएँ',
}

/** Where each obstacle is ended; nothing where the person can only wait. */
export const placeOf: Partial<Record<ErasureObstacle, string>> = {
  money: '/accounts',
  payments: '/history',
  requests: '/requests',
  mandates: '/autopay',
  schedules: '/schedules',
  kyc: '/profile/kyc',
}

const texts: Record<Language, Texts<DataTextKey>> = { en, hi }
export const useDataText = () => useScreenText(texts)
