// The texts of messages about what a person allows themselves, in every language.

const secure = 'Not you? Sign out your devices in the app and call your bank.'
const secureHindi = 'यह आपने नहीं किया? ऐप में अपने डिवाइस साइन आउट करें और बैंक को कॉल करें।'

export const controlsTemplates = {
  'controls.tightened': {
    en: {
      title: 'Your limits changed',
      text: `The payment limits of your bahi account were lowered. ${secure}`,
    },
    hi: { title: 'आपकी सीमाएँ बदलीं', text: `आपके bahi खाते की भुगतान सीमाएँ घटाई गईं। ${secureHindi}` },
  },
  'controls.loosened': {
    en: {
      title: 'Your limits will rise',
      text: 'The payment limits of your bahi account rise on {until}. Not you? Lower them again in the app before.',
    },
    hi: {
      title: 'आपकी सीमाएँ बढ़ेंगी',
      text: 'आपके bahi खाते की भुगतान सीमाएँ {until} को बढ़ेंगी। आपने नहीं किया? उससे पहले ऐप में फिर घटाएँ।',
    },
  },
  'controls.stopped': {
    en: {
      title: 'Payments stopped',
      text: 'All payments from your bahi accounts are stopped. You can resume them in your profile.',
    },
    hi: {
      title: 'भुगतान रोक दिए गए',
      text: 'आपके bahi खातों से सारे भुगतान रोक दिए गए हैं। इन्हें आप प्रोफ़ाइल में फिर शुरू कर सकते हैं।',
    },
  },
} as const
