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
  'auth.phone-released': {
    en: {
      title: 'Number removed',
      text:
        'Your mobile number was removed from your bahi account: it has a new holder. They see nothing of yours, and ' +
        'you were signed out everywhere. Call us with your new number to sign in again.',
    },
    hi: {
      title: 'नंबर हटाया गया',
      text:
        'आपका मोबाइल नंबर आपके bahi खाते से हटा दिया गया: अब वह किसी और का है। उन्हें आपका कुछ नहीं दिखता, ' +
        'और आप हर जगह साइन आउट हो गए। फिर से साइन इन करने के लिए अपने नए नंबर के साथ हमें कॉल करें।',
    },
  },
  'auth.phone-revoked': {
    en: {
      title: 'Is your number still yours?',
      text:
        'Your mobile number was reported as disconnected on {on}. UPI numbers that are this number are switched off, ' +
        'and codes to it prove nothing. You are paid at your other UPI IDs as before. Open the app: prove that it is ' +
        'yours, or change it.',
    },
    hi: {
      title: 'क्या यह नंबर अब भी आपका है?',
      text:
        'आपका मोबाइल नंबर {on} को बंद बताया गया है। इस नंबर वाले UPI नंबर बंद हैं, और उस पर आए कोड मान्य नहीं। ' +
        'बाकी UPI ID पर पैसे पहले की तरह आएँगे। ऐप खोलें: दिखाएँ कि नंबर आपका है, या उसे बदलें।',
    },
  },
  'auth.phone-proven': {
    en: {
      title: 'Number proven',
      text: `Your mobile number is yours: what was switched off works again. ${notYou}`,
    },
    hi: { title: 'नंबर सही है', text: `आपका मोबाइल नंबर आपका है: जो बंद था, फिर चालू है। ${notYouHindi}` },
  },
  'auth.sign-in-restored': {
    en: {
      title: 'You can sign in again',
      text: `We gave you back your sign-in: reset your password with a code to your number. ${notYou}`,
    },
    hi: {
      title: 'आप फिर साइन इन कर सकते हैं',
      text: `आपका साइन-इन बहाल किया गया: अपने नंबर पर आए कोड से पासवर्ड रीसेट करें। ${notYouHindi}`,
    },
  },
  'auth.email-code': {
    en: {
      title: 'Code {otp}',
      text:
        '{otp} is your code to reset your bahi password. It is good for {minutes} minutes. If you did not ask for ' +
        'it, tell nobody, and call us: somebody else may have your number.',
    },
    hi: {
      title: 'कोड {otp}',
      text:
        'आपका bahi पासवर्ड रीसेट करने का कोड {otp} है। यह {minutes} मिनट तक चलेगा। अगर आपने नहीं माँगा, तो ' +
        'किसी को न बताएँ और हमें कॉल करें: आपका नंबर किसी और के पास हो सकता है।',
    },
  },
  'auth.email-sign-in-code': {
    en: {
      title: 'Code {otp}',
      text:
        '{otp} is your code to sign in to bahi on another device. It is good for {minutes} minutes. If you did not ' +
        'ask for it, tell nobody, and change your password: somebody else knows it.',
    },
    hi: {
      title: 'कोड {otp}',
      text:
        'किसी दूसरे फ़ोन पर bahi में साइन इन करने का कोड {otp} है। यह {minutes} मिनट तक चलेगा। अगर आपने नहीं माँगा, ' +
        'तो किसी को न बताएँ और पासवर्ड बदलें: उसे कोई और जानता है।',
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
