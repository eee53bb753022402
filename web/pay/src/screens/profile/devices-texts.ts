// The texts of sessions and their devices in both languages, loaded with their list.
import type { BegunBy } from '@bahi/contracts/auth.ts'
import type { Texts } from '@bahi/web-ui/language/translate.ts'
import { useScreenText, type Language } from '../../language/language.ts'

const en = {
  'devices.about':
    'Devices where you’re signed in. Sign out any you don’t recognise, and change your UPI PIN if in doubt.',
  'devices.this': 'This device',
  'devices.used': 'Last used {at}',
  'devices.since': 'Signed in {at}',
  'devices.end': 'Sign out',
  'devices.end-one': 'Sign out {device}',
  'devices.end-all': 'Sign out of all other devices',
  'devices.end-title': 'Sign out this device?',
  'devices.end-all-text': 'You’ll stay signed in here.',
  'devices.end-text': 'Its saved data is erased the next time it’s used, and signing in there needs a code.',
  'devices.ended': 'Signed out.',
  'devices.by-registration': 'Opened the account',
  'devices.by-password': 'Signed in with the password',
  'devices.by-password-and-code': 'Signed in with password and code',
  'devices.by-reset': 'Signed in by a password reset',
  'devices.network': 'Network {network}',
} as const satisfies Record<`devices.by-${BegunBy}`, string> & Record<string, string>

type DevicesTextKey = keyof typeof en

const hi: Texts<DevicesTextKey> = {
  'devices.about': 'आप इन डिवाइस पर साइन इन हैं। जिसे न पहचानें उसे साइन आउट करें, और शक हो तो UPI PIN बदलें।',
  'devices.this': 'यह डिवाइस',
  'devices.used': 'पिछली बार {at}',
  'devices.since': 'साइन इन {at}',
  'devices.end': 'साइन आउट करें',
  'devices.end-one': '{device} को साइन आउट करें',
  'devices.end-all': 'बाकी सभी डिवाइस से साइन आउट करें',
  'devices.end-title': 'इस डिवाइस को साइन आउट करें?',
  'devices.end-all-text': 'यहाँ आप साइन इन रहेंगे।',
  'devices.end-text': 'अगली बार खुलते ही उस पर सेव डेटा मिट जाएगा, और वहाँ साइन इन के लिए कोड लगेगा।',
  'devices.ended': 'साइन आउट हो गया।',
  'devices.by-registration': 'यहाँ खाता खोला गया',
  'devices.by-password': 'पासवर्ड से साइन इन',
  'devices.by-password-and-code': 'पासवर्ड और कोड से साइन इन',
  'devices.by-reset': 'पासवर्ड रीसेट करके साइन इन',
  'devices.network': 'नेटवर्क {network}',
}

const texts: Record<Language, Texts<DevicesTextKey>> = { en, hi }

export const useDevicesText = () => useScreenText(texts)
