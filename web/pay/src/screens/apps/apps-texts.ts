// The texts of connected apps in both languages, loaded with their screens: few people connect one.
import type { Texts } from '@bahi/web-ui/language/translate.ts'
import { useScreenText, type Language } from '../../language/language.ts'

const en = {
  'apps.about': 'Apps and websites that you let use your bahi account.',
  'apps.own': 'Your own apps',
  'apps.own-about': 'Add and manage programs of your business',
  'apps.none': 'No app is connected',
  'apps.none-hint': 'Apps that you sign in to with bahi show up here.',
  'apps.since': 'Connected {at}',
  'apps.end': 'Disconnect',
  'apps.end-one': 'Disconnect {app}',
  'apps.end-title': 'Disconnect {app}?',
  'apps.end-text': 'It can no longer use your account. To connect it again, begin in that app.',
  'apps.connect-title': 'Connect an app',
  'apps.asks': '{app} asks to:',
  'apps.never':
    'It never sees your password or your UPI PIN, and it can’t pay. You can disconnect it at any time in your profile.',
  'apps.signed-in': 'Signed in as {name}, {phone}',
  'apps.allow': 'Allow',
  'apps.deny': 'Don’t allow',
  'apps.over': 'This request is over',
  'apps.refused': 'This app can’t be connected',
  'apps.refused-why':
    'The app sent you here with a link that we can’t trust. Nothing was shared. Try again from the app.',
  'apps.scope-openid': 'Know that it is you',
  'apps.scope-profile': 'Know your name',
  'apps.scope-phone': 'Know your phone number',
  'apps.scope-offline': 'Stay connected while you don’t use it',
  'apps.scope-profile-read': 'See your name, phone number and email',
  'apps.scope-accounts': 'See which bank accounts you’ve linked, without their balance',
  'apps.scope-vpas': 'See your UPI IDs',
  'apps.scope-payments': 'See your payments',
  'apps.scope-ask': 'Ask others for money on your behalf',
  'apps.scope-requests': 'See requests for money, to you and from you',
  'apps.scope-mandates': 'See your AutoPay mandates',
} as const

export type AppsTextKey = keyof typeof en

const hi: Texts<AppsTextKey> = {
  'apps.about': 'वे ऐप और वेबसाइट जिन्हें आपने अपना bahi खाता इस्तेमाल करने दिया है।',
  'apps.own': 'आपके अपने ऐप',
  'apps.own-about': 'अपने कारोबार के प्रोग्राम जोड़ें और संभालें',
  'apps.none': 'कोई ऐप जुड़ा नहीं है',
  'apps.none-hint': 'जिन ऐप में आप bahi से साइन इन करेंगे, वे यहाँ दिखेंगे।',
  'apps.since': '{at} से जुड़ा',
  'apps.end': 'हटाएँ',
  'apps.end-one': '{app} को हटाएँ',
  'apps.end-title': '{app} को हटाएँ?',
  'apps.end-text': 'वह अब आपका खाता इस्तेमाल नहीं कर पाएगा। फिर जोड़ने के लिए उसी ऐप से शुरू करें।',
  'apps.connect-title': 'ऐप जोड़ें',
  'apps.asks': '{app} को इसकी अनुमति चाहिए:',
  'apps.never':
    'उसे आपका पासवर्ड या UPI PIN कभी नहीं दिखता, और वह भुगतान नहीं कर सकता। आप उसे प्रोफ़ाइल में कभी भी हटा सकते हैं।',
  'apps.signed-in': '{name}, {phone} के रूप में साइन इन',
  'apps.allow': 'अनुमति दें',
  'apps.deny': 'अनुमति न दें',
  'apps.over': 'इस अनुरोध का समय बीत गया',
  'apps.refused': 'यह ऐप जोड़ा नहीं जा सकता',
  'apps.refused-why':
    'ऐप ने आपको ऐसे लिंक से भेजा जिस पर भरोसा नहीं किया जा सकता। उसे कोई जानकारी नहीं दी गई। ऐप से फिर कोशिश करें।',
  'apps.scope-openid': 'यह जानना कि आप ही हैं',
  'apps.scope-profile': 'आपका नाम जानना',
  'apps.scope-phone': 'आपका फ़ोन नंबर जानना',
  'apps.scope-offline': 'इस्तेमाल न करने पर भी जुड़े रहना',
  'apps.scope-profile-read': 'आपका नाम, फ़ोन नंबर और ईमेल देखना',
  'apps.scope-accounts': 'आपके जुड़े बैंक खाते देखना, बैलेंस के बिना',
  'apps.scope-vpas': 'आपकी UPI ID देखना',
  'apps.scope-payments': 'आपके भुगतान देखना',
  'apps.scope-ask': 'आपकी ओर से दूसरों से पैसे माँगना',
  'apps.scope-requests': 'पैसों के अनुरोध देखना, आपके और आपको मिले',
  'apps.scope-mandates': 'आपके ऑटोपे मैंडेट देखना',
}

export const appsTexts = { en, hi } satisfies Record<Language, Texts<AppsTextKey>>

export const useAppsText = () => useScreenText(appsTexts)
