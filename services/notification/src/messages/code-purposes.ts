// What a one-time code is for, as its message says it in every language.
import type { OtpPurpose } from '@bahi/contracts/auth.ts'
import type { Language } from '@bahi/contracts/formats.ts'

/** As the end of `your bahi code`. */
const purposes = {
  register: { en: 'to open an account', hi: 'खाता खोलने के लिए' },
  'sign-in': { en: 'to sign in on a new device', hi: 'नए डिवाइस पर साइन इन करने के लिए' },
  'reset-password': { en: 'to reset your password', hi: 'पासवर्ड रीसेट करने के लिए' },
  'set-pin': { en: 'to set your UPI PIN', hi: 'UPI PIN सेट करने के लिए' },
  'stop-payments': { en: 'to stop your payments', hi: 'भुगतान रोकने के लिए' },
  'change-email': { en: 'to change your e-mail address', hi: 'ई-मेल पता बदलने के लिए' },
  'change-notices': { en: 'to change which messages you get', hi: 'मिलने वाले संदेश बदलने के लिए' },
  'change-password': { en: 'to change your password', hi: 'पासवर्ड बदलने के लिए' },
  'change-upi-ids': { en: 'to change your UPI IDs', hi: 'UPI ID बदलने के लिए' },
  'unlink-account': { en: 'to unlink a bank account', hi: 'बैंक खाता हटाने के लिए' },
  'loosen-limits': { en: 'to raise your limits', hi: 'सीमाएँ बढ़ाने के लिए' },
  'connect-app': { en: 'to connect an app', hi: 'किसी ऐप को जोड़ने के लिए' },
  'end-sessions': { en: 'to sign out your devices', hi: 'अपने डिवाइस साइन आउट करने के लिए' },
  'new-phone': { en: 'to move your account to this number', hi: 'अपना खाता इस नंबर पर लाने के लिए' },
  'prove-phone': { en: 'to show that this number is yours', hi: 'यह नंबर आपका है, यह दिखाने के लिए' },
  'change-passkeys': { en: 'to change your passkeys', hi: 'अपनी पासकी बदलने के लिए' },
  'change-phone': { en: 'to change your number', hi: 'अपना नंबर बदलने के लिए' },
  'close-account': { en: 'to close your account', hi: 'अपना खाता बंद करने के लिए' },
  'export-data': { en: 'to get a copy of your data', hi: 'अपने डेटा की कॉपी लेने के लिए' },
  'view-document': { en: 'to see your documents', hi: 'अपने दस्तावेज़ देखने के लिए' },
  'change-roles': { en: 'to change a role', hi: 'कोई भूमिका बदलने के लिए' },
} as const satisfies Record<OtpPurpose, Record<Language, string>>

export const purposeText = (purpose: string, language: Language): string =>
  purposes[purpose as OtpPurpose][language]
