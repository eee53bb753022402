// The texts about dormant accounts, recycled and disconnected numbers in both languages, loaded with their screens.
import type { Texts } from '@bahi/web-ui/language/translate.ts'
import { useScreenText, type Language } from '../language/language.ts'

const en = {
  'number-new.hint': 'Is the number new to you? Its holder before may have left the account behind.',
  'number-new.declare': 'This number is new to me',
  'number-new.in-use': 'Somebody signed in with this number not long ago. If it is yours now, call us.',
  'dormant.by-email':
    'Nobody signed in here for long. We sent a code to the email of the account: enter it as well.',
  'dormant.no-proof':
    'Nobody signed in here for long, so the number is not enough. Call us: we check that it is you.',
  'revoked.by-email':
    'Your mobile number was reported as disconnected, so a code to it is not enough. We sent one to the email of the ' +
    'account.',
  'revoked.no-proof':
    'Your mobile number was reported as disconnected, so a code to it is not enough. Prove or change it on a phone ' +
    'where you are signed in, or call us.',
  'dormant.code': 'Code from the email',
  'dormant.new-number': 'Is this number new to you, and the account somebody else’s?',
  'dormant.register': 'Create an account of my own',
} as const

type DormantTextKey = keyof typeof en

const hi: Texts<DormantTextKey> = {
  'number-new.hint': 'क्या यह नंबर आपके लिए नया है? हो सकता है यह खाता पिछले मालिक का हो।',
  'number-new.declare': 'यह नंबर मेरे लिए नया है',
  'number-new.in-use': 'हाल ही में इस नंबर से किसी ने साइन इन किया है। अगर यह अब आपका है, तो हमें कॉल करें।',
  'dormant.by-email': 'यहाँ लंबे समय से किसी ने साइन इन नहीं किया। खाते के ईमेल पर कोड भेजा गया है: वह भी डालें।',
  'dormant.no-proof':
    'यहाँ लंबे समय से किसी ने साइन इन नहीं किया, इसलिए नंबर काफ़ी नहीं। हमें कॉल करें: हम आपकी पहचान जाँचेंगे।',
  'revoked.by-email':
    'आपका मोबाइल नंबर बंद बताया गया है, इसलिए उस पर आया कोड काफ़ी नहीं। खाते के ईमेल पर कोड भेजा गया है।',
  'revoked.no-proof':
    'आपका मोबाइल नंबर बंद बताया गया है, इसलिए उस पर आया कोड काफ़ी नहीं। जिस फ़ोन पर आप साइन इन हैं, वहाँ नंबर को सही ' +
    'दिखाएँ या बदलें, या हमें कॉल करें।',
  'dormant.code': 'ईमेल वाला कोड',
  'dormant.new-number': 'क्या यह नंबर आपके लिए नया है और खाता किसी और का है?',
  'dormant.register': 'अपना खाता बनाएँ',
}

export const dormantTexts = { en, hi } satisfies Record<Language, Texts<DormantTextKey>>

export const useDormantText = () => useScreenText(dormantTexts)
