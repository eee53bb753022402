// How a session began, in both languages, loaded with the list of devices.
import type { BegunBy } from '@bahi/contracts/auth.ts'
import type { Texts } from '@bahi/web-ui/language/translate.ts'
import { useScreenText, type Language } from '../../language/language.ts'

type DevicesTextKey = `devices.by-${BegunBy}` | 'devices.network'

const en: Texts<DevicesTextKey> = {
  'devices.by-registration': 'Opened the account',
  'devices.by-password': 'Signed in with the password',
  'devices.by-password-and-code': 'Signed in with password and code',
  'devices.by-reset': 'Signed in by a password reset',
  'devices.network': 'Network {network}',
}

const hi: Texts<DevicesTextKey> = {
  'devices.by-registration': 'यहाँ खाता खोला गया',
  'devices.by-password': 'पासवर्ड से साइन इन',
  'devices.by-password-and-code': 'पासवर्ड और कोड से साइन इन',
  'devices.by-reset': 'पासवर्ड रीसेट करके साइन इन',
  'devices.network': 'नेटवर्क {network}',
}

const texts: Record<Language, Texts<DevicesTextKey>> = { en, hi }

export const useDevicesText = () => useScreenText(texts)
