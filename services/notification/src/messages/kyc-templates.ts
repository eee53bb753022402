// The texts of messages about KYC. What is wrong with a document is read in the app, after sign-in.

export const kycTemplates = {
  'kyc.submitted': {
    en: {
      title: 'KYC submitted',
      text: 'We check your details and documents, and tell you what comes of it.',
    },
    hi: { title: 'KYC जमा हुआ', text: 'हम आपकी जानकारी और दस्तावेज़ जाँचकर आपको नतीजा बताएँगे।' },
  },
  'kyc.file-refused': {
    en: {
      title: 'A document cannot be used',
      text: 'A file that you sent for your KYC cannot be used. Open the app and send another one.',
    },
    hi: {
      title: 'दस्तावेज़ काम नहीं आया',
      text: 'KYC के लिए भेजी गई एक फ़ाइल काम नहीं आई। ऐप खोलकर दूसरी भेजें।',
    },
  },
  'kyc.revision': {
    en: {
      title: 'Your KYC needs a change',
      text: 'Something in your KYC is to be changed or sent again. Open the app to see what.',
    },
    hi: { title: 'KYC में बदलाव चाहिए', text: 'आपके KYC में कुछ बदलना या फिर भेजना है। देखने के लिए ऐप खोलें।' },
  },
  'kyc.approved': {
    en: {
      title: 'Identity verified',
      text: 'Your KYC is approved. Your payment limits are those of your new tier.',
    },
    hi: { title: 'पहचान सत्यापित हुई', text: 'आपका KYC स्वीकार हुआ। अब आपके स्तर की भुगतान सीमाएँ लागू हैं।' },
  },
  'kyc.rejected': {
    en: {
      title: 'KYC not approved',
      text: 'Your KYC was not approved. Open the app to see why, and try again.',
    },
    hi: { title: 'KYC स्वीकार नहीं हुआ', text: 'आपका KYC स्वीकार नहीं हुआ। कारण ऐप में देखें और फिर कोशिश करें।' },
  },
  'kyc.expiring': {
    en: {
      title: 'Your KYC ends soon',
      text: 'Your KYC ends on {until}. Do it again in the app before, to keep your payment limits.',
    },
    hi: {
      title: 'आपका KYC जल्द खत्म होगा',
      text: 'आपका KYC {until} को खत्म होगा। भुगतान सीमाएँ बनी रहें, इसके लिए पहले ही ऐप में फिर करें।',
    },
  },
  'kyc.expired': {
    en: {
      title: 'Your KYC has ended',
      text: 'Your KYC has ended, and your payment limits are lower. Do it again in the app.',
    },
    hi: { title: 'आपका KYC खत्म हुआ', text: 'आपका KYC खत्म हुआ और भुगतान सीमाएँ घट गईं। ऐप में फिर से करें।' },
  },
} as const
