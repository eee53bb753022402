// The texts of UPI numbers in both languages, loaded with their screens.
import type { Texts } from '@bahi/web-ui/language/translate.ts'
import { useScreenText, type Language } from '../../language/language.ts'

const en = {
  'numbers.title': 'UPI numbers',
  'numbers.why': 'Easy to say and to type: digits that lead to one of your UPI IDs.',
  'numbers.new': 'Add UPI number',
  'numbers.new-why': 'Use your mobile number, or choose 8 or 9 digits.',
  'numbers.use-mobile': 'Use {number}',
  'numbers.label': 'UPI number',
  'numbers.hint': '8 or 9 digits, not beginning with 0',
  'numbers.fault-length': 'Use 8 or 9 digits, or your mobile number.',
  'numbers.fault-zero': 'It can’t begin with 0.',
  'numbers.fault-same': 'The digits can’t all be the same.',
  'numbers.fault-ending': 'The last three digits can’t be the same.',
  'numbers.fault-mobile': 'Only your own mobile number can be your UPI number.',
  'numbers.consent':
    'Anyone who knows the number can pay you at {vpa} and see your name. You can switch it off any time.',
  'numbers.on': 'Switch on',
  'numbers.off': 'Switch off',
  'numbers.off-why': 'You won’t be paid with this number any more. No one else gets it.',
  'numbers.is-off': 'UPI number {number} is off.',
  'numbers.leads': 'Money for {number} now goes to {vpa}.',
} as const

type NumbersTextKey = keyof typeof en

const hi: Texts<NumbersTextKey> = {
  'numbers.title': 'UPI नंबर',
  'numbers.why': 'बोलने और लिखने में आसान: अंक जो आपकी किसी UPI ID तक ले जाते हैं।',
  'numbers.new': 'UPI नंबर जोड़ें',
  'numbers.new-why': 'अपना मोबाइल नंबर रखें, या 8 या 9 अंक चुनें।',
  'numbers.use-mobile': '{number} रखें',
  'numbers.label': 'UPI नंबर',
  'numbers.hint': '8 या 9 अंक, 0 से शुरू नहीं',
  'numbers.fault-length': '8 या 9 अंक लिखें, या अपना मोबाइल नंबर।',
  'numbers.fault-zero': 'यह 0 से शुरू नहीं हो सकता।',
  'numbers.fault-same': 'सब अंक एक जैसे नहीं हो सकते।',
  'numbers.fault-ending': 'आखिरी तीन अंक एक जैसे नहीं हो सकते।',
  'numbers.fault-mobile': 'सिर्फ़ आपका अपना मोबाइल नंबर आपका UPI नंबर हो सकता है।',
  'numbers.consent':
    'जिसे यह नंबर पता है वह {vpa} पर आपको भुगतान कर सकता है और आपका नाम देख सकता है। इसे कभी भी बंद करें।',
  'numbers.on': 'चालू करें',
  'numbers.off': 'बंद करें',
  'numbers.off-why': 'इस नंबर पर अब भुगतान नहीं मिलेगा। यह किसी और को नहीं मिलेगा।',
  'numbers.is-off': 'UPI नंबर {number} बंद है।',
  'numbers.leads': '{number} पर आने वाले पैसे अब {vpa} पर जाएँगे।',
}

const texts = { en, hi } satisfies Record<Language, Texts<NumbersTextKey>>

export const useNumbersText = () => useScreenText(texts)
