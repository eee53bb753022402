// The texts of messages about mandates that another app keeps, in every language: each debit after it was made, and
// what was done to one there.

const help = 'Not you? Call your bank.'
const helpHindi = 'यह आपने नहीं किया? बैंक को कॉल करें।'

export const elsewhereTemplates = {
  'mandate.elsewhere-debited': {
    en: {
      title: 'AutoPay: {amount} debited',
      text: `{amount} for {name} was debited by AutoPay that you have in another app ({app}). RRN {rrn}. ${help}`,
    },
    hi: {
      title: 'ऑटोपे: {amount} कटे',
      text: `{name} के लिए {amount} दूसरे ऐप ({app}) के ऑटोपे से कटे। RRN {rrn}। ${helpHindi}`,
    },
  },
  'mandate.elsewhere-returned': {
    en: {
      title: 'AutoPay: {amount} returned',
      text: '{amount} for {name}, debited by AutoPay of another app ({app}), is back in your account. RRN {rrn}.',
    },
    hi: {
      title: 'ऑटोपे: {amount} वापस',
      text: '{name} के लिए दूसरे ऐप ({app}) के ऑटोपे से कटे {amount} आपके खाते में वापस आ गए। RRN {rrn}।',
    },
  },
  'mandate.elsewhere-create': {
    en: {
      title: 'AutoPay is on in another app',
      text: `{name} may now debit up to {amount} by AutoPay, set up in another app ({app}). ${help}`,
    },
    hi: {
      title: 'दूसरे ऐप में ऑटोपे चालू',
      text: `{name} अब ऑटोपे से {amount} तक काट सकते हैं। यह दूसरे ऐप ({app}) में चालू हुआ। ${helpHindi}`,
    },
  },
  'mandate.elsewhere-update': {
    en: {
      title: 'AutoPay changed in another app',
      text: `{name} may now debit up to {amount} by AutoPay, changed in another app ({app}). ${help}`,
    },
    hi: {
      title: 'दूसरे ऐप में ऑटोपे बदला',
      text: `{name} अब ऑटोपे से {amount} तक काट सकते हैं। यह दूसरे ऐप ({app}) में बदला गया। ${helpHindi}`,
    },
  },
  'mandate.elsewhere-pause': {
    en: {
      title: 'AutoPay paused in another app',
      text: `AutoPay of up to {amount} with {name} was paused in another app ({app}). ${help}`,
    },
    hi: {
      title: 'दूसरे ऐप में ऑटोपे रुका',
      text: `{name} के साथ {amount} तक का ऑटोपे दूसरे ऐप ({app}) में रोका गया। ${helpHindi}`,
    },
  },
  'mandate.elsewhere-unpause': {
    en: {
      title: 'AutoPay goes on in another app',
      text: `AutoPay of up to {amount} with {name} goes on: its pause was ended in another app ({app}). ${help}`,
    },
    hi: {
      title: 'दूसरे ऐप में ऑटोपे फिर चालू',
      text: `{name} के साथ {amount} तक का ऑटोपे दूसरे ऐप ({app}) में फिर चालू हुआ। ${helpHindi}`,
    },
  },
  'mandate.elsewhere-revoke': {
    en: {
      title: 'AutoPay cancelled in another app',
      text: 'AutoPay of up to {amount} with {name} was cancelled in another app ({app}).',
    },
    hi: {
      title: 'दूसरे ऐप में ऑटोपे बंद',
      text: '{name} के साथ {amount} तक का ऑटोपे दूसरे ऐप ({app}) में बंद किया गया।',
    },
  },
} as const
