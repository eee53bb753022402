// The texts of contacts in both languages, loaded with their screens.
import type { Texts } from '@bahi/web-ui/language/translate.ts'
import { useScreenText, type Language } from '../../language/language.ts'

const en = {
  'contacts.add': 'Add',
  'contacts.add-first': 'Add contact',
  'contacts.add-title': 'Add contact',
  'contacts.search': 'Search name or UPI ID',
  'contacts.found': { one: '{count} contact', other: '{count} contacts' },
  'contacts.none': 'No contacts yet',
  'contacts.none-text': 'Save the people you pay often.',
  'contacts.not-found': 'No results for “{typed}”',
  'contacts.favourites': 'Favourites',
  'contacts.others': 'Other contacts',
  'contacts.all': 'All contacts',
  'contacts.star': '{name} is a favourite',
  'contacts.change': 'Edit {name}',
  'contacts.change-title': 'Edit contact',
  'contacts.starred': '{name} added to favourites.',
  'contacts.unstarred': '{name} removed from favourites.',
  'contacts.saved': '{name} saved.',
  'contacts.removed': '{name} removed.',
  'contacts.vpa': 'UPI ID',
  'contacts.vpa-hint': 'Like ravi@bahi. You’ll see the verified name before you save.',
  'contacts.vpa-wrong': 'Enter a UPI ID like ravi@bahi.',
  'contacts.vpa-not-found': 'This UPI ID doesn’t exist. Check the spelling.',
  'contacts.already-added': 'Already saved as {name}.',
  'contacts.registered': 'Verified bank name of {vpa}',
  'contacts.registered-as': 'Verified bank name: {name}',
  'contacts.name': 'Name',
  'contacts.name-hint': 'Only you see this',
  'contacts.name-wrong': 'Enter a name.',
  'contacts.favourite': 'Favourite',
  'contacts.remove': 'Remove contact',
  'contacts.remove-text': '{name} is removed from your contacts. Your payments stay in history.',
  'contacts.needs-network': 'Go online to add a contact: we check the name with the bank.',
  'contacts.waiting': {
    one: '{count} change will sync when you’re online.',
    other: '{count} changes will sync when you’re online.',
  },
  'contacts.thread': 'Payments and requests',
}

type ContactsTextKey = keyof typeof en

const hi: Texts<ContactsTextKey> = {
  'contacts.add': 'जोड़ें',
  'contacts.add-first': 'संपर्क जोड़ें',
  'contacts.add-title': 'संपर्क जोड़ें',
  'contacts.search': 'नाम या UPI ID खोजें',
  'contacts.found': { one: '{count} संपर्क', other: '{count} संपर्क' },
  'contacts.none': 'अभी कोई संपर्क नहीं',
  'contacts.none-text': 'जिन्हें अक्सर पैसे भेजते हैं, उन्हें सेव करें।',
  'contacts.not-found': '“{typed}” के लिए कुछ नहीं मिला',
  'contacts.favourites': 'पसंदीदा',
  'contacts.others': 'अन्य संपर्क',
  'contacts.all': 'सभी संपर्क',
  'contacts.star': '{name} पसंदीदा है',
  'contacts.change': '{name} को बदलें',
  'contacts.change-title': 'संपर्क बदलें',
  'contacts.starred': '{name} पसंदीदा में जोड़ा गया।',
  'contacts.unstarred': '{name} पसंदीदा से हटाया गया।',
  'contacts.saved': '{name} सेव हो गया।',
  'contacts.removed': '{name} हटाया गया।',
  'contacts.vpa': 'UPI ID',
  'contacts.vpa-hint': 'जैसे ravi@bahi। सेव करने से पहले वेरिफ़ाइड नाम दिखेगा।',
  'contacts.vpa-wrong': 'ravi@bahi जैसी UPI ID डालें।',
  'contacts.vpa-not-found': 'यह UPI ID मौजूद नहीं है। वर्तनी जाँचें।',
  'contacts.already-added': '{name} के नाम से पहले से सेव है।',
  'contacts.registered': '{vpa} का वेरिफ़ाइड बैंक नाम',
  'contacts.registered-as': 'वेरिफ़ाइड बैंक नाम: {name}',
  'contacts.name': 'नाम',
  'contacts.name-hint': 'यह केवल आपको दिखता है',
  'contacts.name-wrong': 'नाम डालें।',
  'contacts.favourite': 'पसंदीदा',
  'contacts.remove': 'संपर्क हटाएँ',
  'contacts.remove-text': '{name} आपके संपर्कों से हट जाएगा। भुगतान इतिहास में बने रहेंगे।',
  'contacts.needs-network': 'संपर्क जोड़ने के लिए ऑनलाइन हों: नाम हम बैंक से जाँचते हैं।',
  'contacts.waiting': {
    one: 'ऑनलाइन होते ही {count} बदलाव सिंक होगा।',
    other: 'ऑनलाइन होते ही {count} बदलाव सिंक होंगे।',
  },
  'contacts.thread': 'भुगतान और अनुरोध',
}

export const contactsTexts = { en, hi } satisfies Record<Language, Texts<ContactsTextKey>>

export const useContactsText = () => useScreenText(contactsTexts)
