// The text of the mail by which an address is verified, in every language.

export const emailTemplates = {
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
