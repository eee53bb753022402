// The texts of a merchant's own apps in both languages, loaded with their screen: few people are merchants.
import type { Texts } from '@bahi/web-ui/language/translate.ts'
import { useScreenText, type Language } from '../../language/language.ts'

const en = {
  'own.title': 'Your own apps',
  'own.about':
    'Programs of your business, such as a till or your shop’s website, that use your bahi account with a secret of their own.',
  'own.none': 'You have no app of your own yet',
  'own.not-merchant': 'Only merchants can add apps',
  'own.add': 'Add an app',
  'own.full': 'You have {count} apps, which is the most. Remove one to add another.',
  'own.since': 'Added {at}',
  'own.id': 'Client ID',
  'own.asks': 'Asks people for payments to you',
  'own.label': 'Name of the app',
  'own.label-hint': 'People see it after your own name: {name} · Counter 1',
  'own.label-wrong':
    'Up to 20 letters and digits; it begins with a letter or digit and ends with one or a dot.',
  'own.may': 'What it may do',
  'own.may-wrong': 'Choose at least one.',
  'own.asks-switch': 'Ask people for payments',
  'own.asks-about': 'By their UPI ID or mobile number. They answer in their own app.',
  'own.secret-title': 'Keep this secret now',
  'own.secret-about': 'It is shown only this once. Whoever has it can use your account in this app’s name.',
  'own.secret': 'Client secret',
  'own.stored': 'I have stored it',
  'own.renew': 'New secret',
  'own.renew-one': 'New secret for {app}',
  'own.renew-title': 'New secret for {app}?',
  'own.renew-text': 'The secret it has now stops working at once. The app has to be given the new one.',
  'own.remove': 'Remove',
  'own.remove-one': 'Remove {app}',
  'own.remove-title': 'Remove {app}?',
  'own.remove-text': 'It can no longer use your account. This can’t be undone; you can add it anew.',
} as const

export type OwnAppsTextKey = keyof typeof en

const hi: Texts<OwnAppsTextKey> = {
  'own.title': 'आपके अपने ऐप',
  'own.about':
    'आपके कारोबार के प्रोग्राम, जैसे काउंटर की मशीन या दुकान की वेबसाइट, जो अपने सीक्रेट से आपका bahi खाता इस्तेमाल करते हैं।',
  'own.none': 'अभी आपका कोई अपना ऐप नहीं है',
  'own.not-merchant': 'सिर्फ़ व्यापारी अपने ऐप जोड़ सकते हैं',
  'own.add': 'ऐप जोड़ें',
  'own.full': 'आपके {count} ऐप हैं, इससे ज़्यादा नहीं हो सकते। नया जोड़ने के लिए एक हटाएँ।',
  'own.since': '{at} को जोड़ा गया',
  'own.id': 'क्लाइंट ID',
  'own.asks': 'लोगों से आपके लिए भुगतान माँगता है',
  'own.label': 'ऐप का नाम',
  'own.label-hint': 'लोगों को यह आपके नाम के बाद दिखता है: {name} · काउंटर 1',
  'own.label-wrong': '20 तक अक्षर और अंक; शुरुआत अक्षर या अंक से, अंत इनमें से किसी या बिंदु से।',
  'own.may': 'यह क्या कर सकता है',
  'own.may-wrong': 'कम से कम एक चुनें।',
  'own.asks-switch': 'लोगों से भुगतान माँगे',
  'own.asks-about': 'उनकी UPI ID या मोबाइल नंबर से। वे अपने ऐप में जवाब देते हैं।',
  'own.secret-title': 'यह सीक्रेट अभी रख लें',
  'own.secret-about': 'यह सिर्फ़ इसी बार दिखता है। जिसके पास यह हो, वह इस ऐप के नाम से आपका खाता इस्तेमाल कर सकता है।',
  'own.secret': 'क्लाइंट सीक्रेट',
  'own.stored': 'मैंने रख लिया',
  'own.renew': 'नया सीक्रेट',
  'own.renew-one': '{app} के लिए नया सीक्रेट',
  'own.renew-title': '{app} के लिए नया सीक्रेट?',
  'own.renew-text': 'इसका अभी का सीक्रेट तुरंत बंद हो जाएगा। ऐप को नया देना होगा।',
  'own.remove': 'हटाएँ',
  'own.remove-one': '{app} को हटाएँ',
  'own.remove-title': '{app} को हटाएँ?',
  'own.remove-text':
    'वह अब आपका खाता इस्तेमाल नहीं कर पाएगा। इसे वापस नहीं लाया जा सकता; आप उसे नए सिरे से जोड़ सकते हैं।',
}

export const ownAppsTexts = { en, hi } satisfies Record<Language, Texts<OwnAppsTextKey>>

export const useOwnAppsText = () => useScreenText(ownAppsTexts)
