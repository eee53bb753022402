// The texts about tries to sign in and the second factor of staff, in every language.

const secure = 'Not you? Sign out your devices in the app and call your bank.'
const secureHindi = 'यह आपने नहीं किया? ऐप में अपने डिवाइस साइन आउट करें और बैंक को कॉल करें।'

const notYou = 'Not you? Call an administrator now.'
const notYouHindi = 'यह आपने नहीं किया? अभी किसी एडमिनिस्ट्रेटर को कॉल करें।'

export const signInTemplates = {
  'auth.login-locked': {
    en: {
      title: 'Sign-in locked',
      text: `Too many incorrect attempts: sign-in is locked until {until}. ${secure}`,
    },
    hi: { title: 'साइन इन लॉक हुआ', text: `कई बार गलत कोशिश से साइन इन {until} तक लॉक है। ${secureHindi}` },
  },
  'auth.strangers-tried': {
    en: {
      title: 'Many wrong passwords',
      text:
        'Someone tried many passwords for your bahi account. Until {until} a new device also needs your one-time ' +
        'code. Never share it.',
    },
    hi: {
      title: 'कई गलत पासवर्ड',
      text:
        'किसी ने आपके bahi खाते के लिए कई पासवर्ड आज़माए। {until} तक नए डिवाइस पर आपका वन-टाइम कोड भी लगेगा। ' +
        'कोड किसी को न बताएँ।',
    },
  },
  'auth.factor-enrolled': {
    en: {
      title: 'Authenticator app added',
      text: `An authenticator app was added to your bahi staff account. ${notYou}`,
    },
    hi: {
      title: 'ऑथेंटिकेटर ऐप जोड़ा गया',
      text: `आपके bahi स्टाफ़ खाते में एक ऑथेंटिकेटर ऐप जोड़ा गया। ${notYouHindi}`,
    },
  },
  'auth.passkey-added': {
    en: { title: 'Passkey added', text: `The passkey {device} was added to your bahi account. ${secure}` },
    hi: { title: 'पासकी जोड़ी गई', text: `आपके bahi खाते में पासकी {device} जोड़ी गई। ${secureHindi}` },
  },
  'auth.passkey-removed': {
    en: {
      title: 'Passkey removed',
      text: `The passkey {device} was removed from your bahi account. ${secure}`,
    },
    hi: { title: 'पासकी हटाई गई', text: `आपके bahi खाते से पासकी {device} हटाई गई। ${secureHindi}` },
  },
  'auth.factor-locked': {
    en: {
      title: 'Wrong authenticator codes',
      text:
        'Someone who knows your bahi password entered wrong codes of your authenticator app. No more are taken from ' +
        `there until {until}. Change your password. ${notYou}`,
    },
    hi: {
      title: 'ऑथेंटिकेटर के गलत कोड',
      text:
        'आपका bahi पासवर्ड जानने वाले किसी ने आपके ऑथेंटिकेटर ऐप के गलत कोड डाले। वहाँ से {until} तक कोड नहीं लिए ' +
        `जाएँगे। अपना पासवर्ड बदलें। ${notYouHindi}`,
    },
  },
  'auth.recovery-code-used': {
    en: {
      title: 'Recovery code used',
      text: `A recovery code opened your bahi staff account. Codes left: {codesLeft}. ${notYou}`,
    },
    hi: {
      title: 'रिकवरी कोड इस्तेमाल हुआ',
      text: `एक रिकवरी कोड से आपका bahi स्टाफ़ खाता खुला। बचे कोड: {codesLeft}। ${notYouHindi}`,
    },
  },
  'auth.recovery-codes-renewed': {
    en: {
      title: 'New recovery codes',
      text: `New recovery codes were made for your bahi staff account; the old ones are void. ${notYou}`,
    },
    hi: {
      title: 'नए रिकवरी कोड',
      text: `आपके bahi स्टाफ़ खाते के नए रिकवरी कोड बने; पुराने अब बेकार हैं। ${notYouHindi}`,
    },
  },
  'auth.factor-reset': {
    en: {
      title: 'Authenticator app removed',
      text: `Your authenticator app was removed by administrators and your devices were signed out. ${notYou}`,
    },
    hi: {
      title: 'ऑथेंटिकेटर ऐप हटाया गया',
      text: `एडमिनिस्ट्रेटरों ने आपका ऑथेंटिकेटर ऐप हटाया और आपके डिवाइस साइन आउट हो गए। ${notYouHindi}`,
    },
  },
} as const
