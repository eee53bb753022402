// The texts of messages about closing an account and about copies of personal data.
import { measureTemplates } from './measure-templates.ts'

const secure = 'Not you? Sign out your devices in the app.'
const secureHindi = 'यह आपने नहीं किया? ऐप में अपने डिवाइस साइन आउट करें।'

export const privacyTemplates = {
  ...measureTemplates,
  'privacy.erasure-requested': {
    en: {
      title: 'Your account will be closed',
      text:
        'Your account ends on {until} and your data is erased. Until then nobody can pay you, and you can keep it ' +
        `in the app. ${secure}`,
    },
    hi: {
      title: 'आपका खाता बंद होगा',
      text:
        'आपका खाता {until} को बंद होगा और आपका डेटा मिटाया जाएगा। तब तक कोई आपको भुगतान नहीं कर सकेगा, और आप ऐप ' +
        `में इसे रोक सकते हैं। ${secureHindi}`,
    },
  },
  'privacy.erasure-cancelled': {
    en: { title: 'Your account stays', text: `Your account is not closed after all. ${secure}` },
    hi: { title: 'आपका खाता बना रहेगा', text: `आपका खाता अब बंद नहीं होगा। ${secureHindi}` },
  },
  'privacy.erasure-reminded': {
    en: {
      title: 'Your account ends soon',
      text: `Your account ends on {until} and your data is erased. You can still keep it in the app. ${secure}`,
    },
    hi: {
      title: 'आपका खाता जल्द बंद होगा',
      text: `आपका खाता {until} को बंद होगा और आपका डेटा मिटाया जाएगा। आप अब भी ऐप में इसे रोक सकते हैं। ${secureHindi}`,
    },
  },
  'privacy.erasure-postponed': {
    en: {
      title: 'Your account could not be closed',
      text: 'Something is still in progress, or there is money. Open the app to see what. We try again on {until}.',
    },
    hi: {
      title: 'आपका खाता बंद नहीं हो सका',
      text: 'कुछ अब भी चल रहा है, या खाते में पैसा है। ऐप में देखें कि क्या। हम {until} को फिर कोशिश करेंगे।',
    },
  },
  'privacy.export-requested': {
    en: { title: 'Copy of your data', text: `Somebody asked for a copy of your data in the app. ${secure}` },
    hi: { title: 'आपके डेटा की कॉपी', text: `ऐप में आपके डेटा की कॉपी माँगी गई है। ${secureHindi}` },
  },
  'privacy.export-made': {
    en: {
      title: 'The copy of your data is ready',
      text: `You can get it in the app until {until}. ${secure}`,
    },
    hi: { title: 'आपके डेटा की कॉपी तैयार है', text: `आप इसे {until} तक ऐप में ले सकते हैं। ${secureHindi}` },
  },
  'privacy.export-fetched': {
    en: {
      title: 'A copy of your data was saved',
      text: `Somebody saved the copy of your data from the app. ${secure}`,
    },
    hi: { title: 'आपके डेटा की कॉपी सेव हुई', text: `ऐप से आपके डेटा की कॉपी सेव की गई है। ${secureHindi}` },
  },
} as const
