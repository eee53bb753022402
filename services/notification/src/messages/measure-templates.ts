// The texts about what staff did about a person's account, in every language.

export const measureTemplates = {
  'auth.person-frozen': {
    en: {
      title: 'Account frozen',
      text:
        'Your bahi account is frozen for your safety: no sign-in, and no money goes out or comes in. Your money is ' +
        'safe. Call us to have it checked.',
    },
    hi: {
      title: 'खाते पर रोक',
      text:
        'आपकी सुरक्षा के लिए आपके bahi खाते पर रोक लगी है: न साइन-इन, न पैसे का आना-जाना। आपका पैसा सुरक्षित है। ' +
        'जाँच के लिए हमें कॉल करें।',
    },
  },
  'auth.person-unfrozen': {
    en: {
      title: 'Account open again',
      text: 'Your bahi account is open again. Sign in with your password and a one-time code.',
    },
    hi: {
      title: 'खाता फिर चालू',
      text: 'आपका bahi खाता फिर चालू है। पासवर्ड और वन-टाइम कोड से साइन इन करें।',
    },
  },
  'auth.person-signed-out': {
    en: {
      title: 'Signed out',
      text: 'We signed out all devices of your bahi account for your safety. Sign in again with a one-time code.',
    },
    hi: {
      title: 'साइन आउट',
      text: 'आपकी सुरक्षा के लिए आपके bahi खाते के सभी डिवाइस साइन आउट किए गए। वन-टाइम कोड से फिर साइन इन करें।',
    },
  },
} as const
