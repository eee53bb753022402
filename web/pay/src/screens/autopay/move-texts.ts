// The texts of moving AutoPay to another account in both languages, loaded with its screens.
import type { Texts } from '@bahi/web-ui/language/translate.ts'
import { useScreenText, type Language } from '../../language/language.ts'

const en = {
  'autopay-move.open': 'Debit another account',
  'autopay-move.title': 'Move AutoPay',
  'autopay-move.hint':
    'From now on {name} is paid from the account that you choose. All else stays as it is, and no debit is lost or made twice.',
  'autopay-move.send': 'Move with UPI PIN',
  'autopay-move.none': 'There is no other account to move it to',
  'autopay-move.none-hint':
    'You can move it to another UPI ID of yours at the same bank. The account needs a UPI PIN.',
  'autopay-move.wait': 'You moved it lately. It can be moved again from {date}.',
  'autopay-move.not-now': 'It cannot be moved just now. Go back and look again shortly.',
}
type MoveTextKey = keyof typeof en

const hi: Record<MoveTextKey, string> = {
  'autopay-move.open': 'दूसरे खाते से काटें',
  'autopay-move.title': 'ऑटोपे दूसरे खाते में ले जाएँ',
  'autopay-move.hint':
    'अब से {name} को आपके चुने खाते से पैसे मिलेंगे। बाकी सब वैसा ही रहेगा, कोई भुगतान न छूटेगा, न दो बार होगा।',
  'autopay-move.send': 'UPI पिन डालकर ले जाएँ',
  'autopay-move.none': 'ले जाने के लिए कोई दूसरा खाता नहीं है',
  'autopay-move.none-hint': 'इसे उसी बैंक में आपकी किसी दूसरी UPI ID पर ले जा सकते हैं। खाते का UPI PIN बना होना चाहिए।',
  'autopay-move.wait': 'आपने इसे हाल ही में बदला है। {date} से फिर बदल सकते हैं।',
  'autopay-move.not-now': 'अभी इसे नहीं ले जा सकते। थोड़ी देर बाद फिर देखें।',
}

const moveTexts = { en, hi } satisfies Record<Language, Texts<MoveTextKey>>

export const useMoveText = () => useScreenText(moveTexts)
