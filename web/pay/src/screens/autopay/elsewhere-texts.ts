// The texts of AutoPay in other apps in both languages, loaded with its screens.
import type { Texts } from '@bahi/web-ui/language/translate.ts'
import { useScreenText, type Language } from '../../language/language.ts'

const en = {
  'autopay-elsewhere.open': 'In other apps',
  'autopay-elsewhere.title': 'AutoPay in other apps',
  'autopay-elsewhere.one': 'AutoPay in another app',
  'autopay-elsewhere.none': 'Other apps have no AutoPay of yours',
  'autopay-elsewhere.none-hint':
    'Here is what other apps have of the bank accounts that you linked in this app.',
  'autopay-elsewhere.not-found': 'No other app has this AutoPay',
  'autopay-elsewhere.app': 'App',
  'autopay-elsewhere.vpa': 'Your UPI ID there',
  'autopay-elsewhere.move': 'Move to this app',
  'autopay-elsewhere.hint':
    '{name} is paid as before, from the same account. The other app no longer has it, and no debit is lost or made twice.',
  'autopay-elsewhere.wait': 'It was moved lately. It can be moved again from {date}.',
  'autopay-elsewhere.stays-money-reserved':
    'It stays in the app of {app}: money is reserved for it, until it is paid or cancelled there.',
  'autopay-elsewhere.stays-own-payee': 'It stays in the app of {app}, because you pay yourself with it.',
  'autopay-elsewhere.stays-payee-here':
    'It stays in the app of {app} for now, because {name} is paid in this app. Look again later.',
  'autopay-elsewhere.no-vpa': 'Its account has no UPI ID with a PIN in this app',
}
type ElsewhereTextKey = keyof typeof en

const hi: Record<ElsewhereTextKey, string> = {
  'autopay-elsewhere.open': 'दूसरे ऐप में',
  'autopay-elsewhere.title': 'दूसरे ऐप में ऑटोपे',
  'autopay-elsewhere.one': 'दूसरे ऐप का ऑटोपे',
  'autopay-elsewhere.none': 'दूसरे ऐप में आपका कोई ऑटोपे नहीं है',
  'autopay-elsewhere.none-hint': 'यहाँ उन बैंक खातों के ऑटोपे दिखते हैं जो आपने इस ऐप से जोड़े हैं।',
  'autopay-elsewhere.not-found': 'यह ऑटोपे किसी दूसरे ऐप में नहीं है',
  'autopay-elsewhere.app': 'ऐप',
  'autopay-elsewhere.vpa': 'वहाँ आपकी UPI ID',
  'autopay-elsewhere.move': 'इस ऐप में लाएँ',
  'autopay-elsewhere.hint':
    '{name} को पहले की तरह उसी खाते से पैसे मिलेंगे। दूसरे ऐप में यह नहीं रहेगा, कोई भुगतान न छूटेगा, न दो बार होगा।',
  'autopay-elsewhere.wait': 'इसे हाल ही में बदला गया है। {date} से फिर बदल सकते हैं।',
  'autopay-elsewhere.stays-money-reserved':
    'यह {app} के ऐप में ही रहेगा: इसके लिए राशि रोकी गई है, जब तक वहाँ भुगतान न हो या इसे रद्द न किया जाए।',
  'autopay-elsewhere.stays-own-payee': 'यह {app} के ऐप में ही रहेगा, क्योंकि इससे आप ख़ुद को पैसे देते हैं।',
  'autopay-elsewhere.stays-payee-here':
    'यह अभी {app} के ऐप में ही रहेगा, क्योंकि {name} को पैसे इसी ऐप में मिलते हैं। बाद में फिर देखें।',
  'autopay-elsewhere.no-vpa': 'इस खाते की इस ऐप में PIN वाली कोई UPI ID नहीं है',
}

const elsewhereTexts = { en, hi } satisfies Record<Language, Texts<ElsewhereTextKey>>

export const useElsewhereText = () => useScreenText(elsewhereTexts)
