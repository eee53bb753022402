// The texts of passkeys in both languages, loaded with their screen.
import type { Texts } from '@bahi/web-ui/language/translate.ts'
import { useScreenText, type Language } from '../../language/language.ts'

const en = {
  'passkeys.about':
    'With a passkey you confirm changes by the fingerprint, face or screen lock of your device, in place of the password.',
  'passkeys.none': 'You have no passkey yet.',
  'passkeys.added': 'Added {at}',
  'passkeys.used': 'Last used {at}',
  'passkeys.synced': 'Also on other devices of yours',
  'passkeys.staff': 'Second factor of staff',
  'passkeys.add': 'Add a passkey',
  'passkeys.remove': 'Remove',
  'passkeys.remove-one': 'Remove {name}',
  'passkeys.remove-text':
    'It confirms nothing any more. Your device may go on showing it until you delete it there.',
  'passkeys.not-here': 'Passkeys don’t work in this browser or at this address.',
  'passkeys.failed': 'No passkey was added. Is it there already?',
} as const

type PasskeysTextKey = keyof typeof en

const hi: Texts<PasskeysTextKey> = {
  'passkeys.about':
    'पासकी से आप पासवर्ड की जगह अपने डिवाइस के फ़िंगरप्रिंट, चेहरे या स्क्रीन लॉक से बदलावों की पुष्टि करते हैं।',
  'passkeys.none': 'अभी आपकी कोई पासकी नहीं है।',
  'passkeys.added': '{at} को जोड़ी गई',
  'passkeys.used': 'पिछली बार {at}',
  'passkeys.synced': 'आपके दूसरे डिवाइस पर भी',
  'passkeys.staff': 'स्टाफ़ का दूसरा चरण',
  'passkeys.add': 'पासकी जोड़ें',
  'passkeys.remove': 'हटाएँ',
  'passkeys.remove-one': '{name} हटाएँ',
  'passkeys.remove-text': 'इससे अब कोई पुष्टि नहीं होगी। जब तक आप डिवाइस पर न मिटाएँ, वह उसे दिखा सकता है।',
  'passkeys.not-here': 'इस ब्राउज़र में या इस पते पर पासकी काम नहीं करती।',
  'passkeys.failed': 'पासकी नहीं जुड़ी। क्या वह पहले से है?',
}

const texts = { en, hi } satisfies Record<Language, Texts<PasskeysTextKey>>

export const usePasskeysText = () => useScreenText(texts)
