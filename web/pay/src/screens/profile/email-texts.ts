// The texts of confirming an e-mail address in both languages, loaded with the profile.
import type { Texts } from '@bahi/web-ui/language/translate.ts'
import { useScreenText, type Language } from '../../language/language.ts'

const en = {
  'email.waits': 'Confirm {address}: until then it gets no mail from us.',
  'email.enter': 'Enter code',
  'email.title': 'Confirm your email',
  'email.sent': 'We sent a 6-digit code to {address}. Look in the spam folder too.',
  'email.code': 'Code from the email',
  'email.again': 'Send another code',
  'email.sent-again': 'Another code is on its way',
} as const

type EmailTextKey = keyof typeof en

const hi: Texts<EmailTextKey> = {
  'email.waits': '{address} की पुष्टि करें: तब तक उस पर हमारा कोई मेल नहीं जाएगा।',
  'email.enter': 'कोड डालें',
  'email.title': 'अपने ईमेल की पुष्टि करें',
  'email.sent': 'हमने {address} पर 6 अंकों का कोड भेजा है। स्पैम फ़ोल्डर भी देखें।',
  'email.code': 'ईमेल में आया कोड',
  'email.again': 'दूसरा कोड भेजें',
  'email.sent-again': 'दूसरा कोड भेजा जा रहा है',
}

const texts = { en, hi } satisfies Record<Language, Texts<EmailTextKey>>

export const useEmailText = () => useScreenText(texts)
