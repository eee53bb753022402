// The texts of the app's lock in both languages, loaded with its screens.
import type { Texts } from '@bahi/web-ui/language/translate.ts'
import { useScreenText, type Language } from '../../language/language.ts'

const en = {
  'lock.title': 'bahi is locked',
  'lock.enter': 'Enter your passcode',
  'lock.passcode': 'Passcode',
  'lock.forgot': 'Forgot passcode?',
  'lock.forgot-text': 'Sign out, then sign in with your password. Data saved on this device is erased.',
  'lock.about':
    'A 6-digit passcode, asked for when you open the app or come back after 2 minutes. It also encrypts the data on this device.',
  'lock.tries': 'After 5 incorrect attempts this device is signed out and erased. This isn’t your UPI PIN.',
  'lock.set': 'Set passcode',
  'lock.change': 'Change passcode',
  'lock.remove': 'Turn off',
  'lock.choose': 'Choose 6 digits, different from your UPI PIN.',
  'lock.repeat': 'Enter it again to confirm.',
  'lock.current': 'Enter your current passcode.',
  'lock.passcode-new': 'New passcode',
  'lock.passcode-again': 'Confirm new passcode',
  'lock.guessable': 'Too easy to guess. Choose other digits.',
  'lock.different': 'The passcodes didn’t match. Try again.',
  'lock.is-on': 'App lock is on.',
  'lock.is-off': 'App lock is off.',
  'lock.impossible': 'This browser saves nothing, so there’s nothing to lock.',
  'lock.by-device': 'Unlock with this device',
  'lock.use-device': 'Use fingerprint, face or device lock',
  'lock.device-failed': 'This device can’t open the app by itself. Use the passcode.',
  'lock.stop-device': 'Stop using it',
} as const

type LockTextKey = keyof typeof en

const hi: Texts<LockTextKey> = {
  'lock.title': 'bahi लॉक है',
  'lock.enter': 'अपना पासकोड डालें',
  'lock.passcode': 'पासकोड',
  'lock.forgot': 'पासकोड भूल गए?',
  'lock.forgot-text': 'साइन आउट करें, फिर पासवर्ड से साइन इन करें। इस डिवाइस पर सेव डेटा मिट जाएगा।',
  'lock.about':
    '6 अंकों का पासकोड, जो ऐप खोलने या 2 मिनट बाद लौटने पर पूछा जाता है। इससे इस डिवाइस का डेटा भी एन्क्रिप्ट होता है।',
  'lock.tries': '5 बार गलत होने पर यह डिवाइस साइन आउट होकर मिट जाता है। यह आपका UPI PIN नहीं है।',
  'lock.set': 'पासकोड सेट करें',
  'lock.change': 'पासकोड बदलें',
  'lock.remove': 'बंद करें',
  'lock.choose': '6 अंक चुनें, जो आपके UPI PIN से अलग हों।',
  'lock.repeat': 'पुष्टि के लिए फिर से डालें।',
  'lock.current': 'अपना मौजूदा पासकोड डालें।',
  'lock.passcode-new': 'नया पासकोड',
  'lock.passcode-again': 'नया पासकोड फिर से',
  'lock.guessable': 'इसका अनुमान लगाना आसान है। दूसरे अंक चुनें।',
  'lock.different': 'पासकोड मेल नहीं खाए। फिर कोशिश करें।',
  'lock.is-on': 'ऐप लॉक चालू है।',
  'lock.is-off': 'ऐप लॉक बंद है।',
  'lock.impossible': 'यह ब्राउज़र कुछ सेव नहीं करता, इसलिए लॉक करने को कुछ नहीं है।',
  'lock.by-device': 'इस डिवाइस से खोलें',
  'lock.use-device': 'फ़िंगरप्रिंट, चेहरा या डिवाइस लॉक इस्तेमाल करें',
  'lock.device-failed': 'यह डिवाइस ऐप नहीं खोल सकता। पासकोड इस्तेमाल करें।',
  'lock.stop-device': 'इस्तेमाल बंद करें',
}

export const lockTexts = { en, hi } satisfies Record<Language, Texts<LockTextKey>>

export const useLockText = () => useScreenText(lockTexts)
