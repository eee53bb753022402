// The texts of moving to another number in both languages, loaded with their screen.
import type { Texts } from '@bahi/web-ui/language/translate.ts'
import { useScreenText, type Language } from '../../language/language.ts'

const en = {
  'phone.title': 'Change mobile number',
  'phone.about':
    'You need your new SIM in hand and your password. Your number now is {phone}; it gets an SMS about the change.',
  'phone.then':
    'Other devices are signed out, and lower limits apply for a while. UPI IDs that are your old number are closed. ' +
    'To set a UPI PIN later, your bank must know the new number too.',
  'phone.new': 'New mobile number',
  'phone.same': 'This is your number already.',
  'phone.send': 'Send code',
  'phone.done': 'Your number was changed',
  'phone.done-text': 'Sign in with {phone} from now on.',
  'phone.offline': 'You need a connection to change your number.',
  'phone.revoked': '{phone} was reported as disconnected on {day}.',
  'phone.revoked-then':
    'Until you show that it is yours, its UPI number and UPI ID are switched off, and codes to it prove nothing. ' +
    'You are paid at your other UPI IDs as before.',
  'phone.prove': 'It is still mine: send a code',
  'phone.prove-later': 'You can show that it is yours from {day} on.',
  'phone.prove-elsewhere':
    'This device cannot show it: it was added after the number was disconnected. Change the number, or call us.',
  'phone.proven': 'This number is yours',
  'phone.proven-text': 'What was switched off works again.',
  'phone.or-change': 'Or move to another number',
} as const

type PhoneTextKey = keyof typeof en

const hi: Texts<PhoneTextKey> = {
  'phone.title': 'मोबाइल नंबर बदलें',
  'phone.about':
    'आपके पास नई सिम और आपका पासवर्ड होना चाहिए। अभी आपका नंबर {phone} है; बदलाव के बारे में उस पर SMS जाएगा।',
  'phone.then':
    'बाकी डिवाइस साइन आउट हो जाएँगे और कुछ समय तक कम सीमाएँ रहेंगी। आपके पुराने नंबर वाली UPI ID बंद हो जाएँगी। ' +
    'बाद में UPI PIN सेट करने के लिए बैंक के पास भी नया नंबर होना चाहिए।',
  'phone.new': 'नया मोबाइल नंबर',
  'phone.same': 'यह आपका ही नंबर है।',
  'phone.send': 'कोड भेजें',
  'phone.done': 'आपका नंबर बदल गया',
  'phone.done-text': 'अब से {phone} से साइन इन करें।',
  'phone.offline': 'नंबर बदलने के लिए इंटरनेट चाहिए।',
  'phone.revoked': '{phone} को {day} को बंद बताया गया है।',
  'phone.revoked-then':
    'जब तक आप यह न दिखाएँ कि नंबर आपका है, उसका UPI नंबर और UPI ID बंद हैं, और उस पर आए कोड मान्य नहीं। ' +
    'बाकी UPI ID पर पैसे पहले की तरह आएँगे।',
  'phone.prove': 'यह अब भी मेरा है: कोड भेजें',
  'phone.prove-later': 'आप {day} से दिखा सकते हैं कि नंबर आपका है।',
  'phone.prove-elsewhere': 'यह डिवाइस नहीं दिखा सकता: यह नंबर बंद होने के बाद जोड़ा गया। नंबर बदलें, या हमें कॉल करें।',
  'phone.proven': 'यह नंबर आपका है',
  'phone.proven-text': 'जो बंद था, फिर चालू है।',
  'phone.or-change': 'या दूसरे नंबर पर जाएँ',
}

const texts = { en, hi } satisfies Record<Language, Texts<PhoneTextKey>>

export const usePhoneText = () => useScreenText(texts)
