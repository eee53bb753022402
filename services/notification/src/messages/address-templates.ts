// The texts about a person's own addresses, in every language: a mail that verifies one, and notices of another phone.

const notYou = 'Not you? Call your bank, and stop your payments on the sign-in screen of the app.'
const notYouHindi = 'यह आपने नहीं किया? बैंक को कॉल करें और ऐप की साइन-इन स्क्रीन पर भुगतान रोकें।'

export const addressTemplates = {
  'auth.phone-left': {
    en: {
      title: 'Number changed',
      text: `Your bahi account has moved to another mobile number. ${notYou}`,
    },
    hi: { title: 'नंबर बदला गया', text: `आपका bahi खाता दूसरे मोबाइल नंबर पर चला गया है। ${notYouHindi}` },
  },
  'auth.phone-changed': {
    en: {
      title: 'Number changed',
      text: `This is the mobile number of your bahi account now. Other devices were signed out. ${notYou}`,
    },
    hi: {
      title: 'नंबर बदला गया',
      text: `अब यह आपके bahi खाते का मोबाइल नंबर है। बाकी डिवाइस साइन आउट हो गए। ${notYouHindi}`,
    },
  },
  'user.email-code': {
    en: {
      title: 'Code {otp}',
      text:
        '{otp} is your code to use this email address with bahi. It is good for {minutes} minutes. ' +
        'If you did not ask for it, do nothing.',
    },
    hi: {
      title: 'कोड {otp}',
      text:
        'bahi में यह ईमेल पता इस्तेमाल करने के लिए आपका कोड {otp} है। यह {minutes} मिनट तक चलेगा। ' +
        'अगर आपने नहीं माँगा, तो कुछ न करें।',
    },
  },
} as const
