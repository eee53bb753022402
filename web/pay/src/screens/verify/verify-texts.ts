// The texts of checking a statement in both languages, loaded with its screen.
import type { Texts } from '@bahi/web-ui/language/translate.ts'
import { useScreenText, type Language } from '../../language/language.ts'

const en = {
  'verify.about':
    'Choose the file that you were given. If a single character of it was changed, you see it here.',
  'verify.stays': 'The file stays on your device.',
  'verify.choose': 'Choose the file',
  'verify.genuine': 'Genuine',
  'verify.genuine-why': '“{file}” is the statement as we made it.',
  'verify.not': 'Not genuine',
  'verify.not-why': '“{file}” is not the statement of this address, or was changed. Don’t rely on it.',
  'verify.period': 'Period',
  'verify.made': 'Made',
  'verify.audit': 'Audit hash',
} as const

export type VerifyTextKey = keyof typeof en

const hi: Texts<VerifyTextKey> = {
  'verify.about': 'वह फ़ाइल चुनें जो आपको दी गई। एक अक्षर भी बदला गया हो तो यहाँ पता चल जाएगा।',
  'verify.stays': 'फ़ाइल आपके डिवाइस पर ही रहती है।',
  'verify.choose': 'फ़ाइल चुनें',
  'verify.genuine': 'असली',
  'verify.genuine-why': '“{file}” वही स्टेटमेंट है जो हमने बनाया था।',
  'verify.not': 'असली नहीं',
  'verify.not-why': '“{file}” इस पते का स्टेटमेंट नहीं है, या बदला गया है। इस पर भरोसा न करें।',
  'verify.period': 'अवधि',
  'verify.made': 'बनाया गया',
  'verify.audit': 'ऑडिट हैश',
}

export const verifyTexts = { en, hi } satisfies Record<Language, Texts<VerifyTextKey>>

export const useVerifyText = () => useScreenText(verifyTexts)
