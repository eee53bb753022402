// The texts of the keys in both languages, loaded with their dialog.
import type { Texts } from '@bahi/web-ui/language/translate.ts'
import { useScreenText, type Language } from '../language/language.ts'

const en = {
  'keys.title': 'Keyboard shortcuts',
  'keys.on': 'Shortcuts of one key',
  'keys.on-about': 'Switch them off if you dictate, or if your screen reader uses the same keys.',
  'keys.everywhere': 'Everywhere',
  'keys.search': 'Go to the search or the first filter',
  'keys.help': 'This list',
  'keys.lists': 'In lists',
  'keys.next': 'Next row',
  'keys.previous': 'Row before',
  'keys.open': 'Open the row',
  'keys.pages': 'Go to a page',
  'keys.then': 'then',
} as const

export type KeysTextKey = keyof typeof en

const hi: Texts<KeysTextKey> = {
  'keys.title': 'कीबोर्ड शॉर्टकट',
  'keys.on': 'एक कुंजी वाले शॉर्टकट',
  'keys.on-about': 'अगर आप बोलकर लिखते हैं या आपका स्क्रीन रीडर यही कुंजियाँ इस्तेमाल करता है, तो इन्हें बंद कर दें।',
  'keys.everywhere': 'हर जगह',
  'keys.search': 'खोज या पहले फ़िल्टर पर जाएँ',
  'keys.help': 'यह सूची',
  'keys.lists': 'सूचियों में',
  'keys.next': 'अगली पंक्ति',
  'keys.previous': 'पिछली पंक्ति',
  'keys.open': 'पंक्ति खोलें',
  'keys.pages': 'किसी पेज पर जाएँ',
  'keys.then': 'फिर',
}

export const keysTexts = { en, hi } satisfies Record<Language, Texts<KeysTextKey>>

export const useKeysText = () => useScreenText(keysTexts)
