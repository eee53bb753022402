// The texts of messages about granted roles: for who gets or loses one, for who requested it, and for who decided.

/** To administrators: they requested, or decided. */
const wrong = 'Did not expect this? Tell another administrator at once.'
const wrongHindi = 'यह अपेक्षित नहीं था? तुरंत किसी दूसरे एडमिनिस्ट्रेटर को बताएँ।'

/** To the person, who may work here or not: the role says whom to tell. */
const wrongRole = 'Did not expect this? {roleAdvice}'
const wrongRoleHindi = 'यह अपेक्षित नहीं था? {roleAdvice}'

export const roleTemplates = {
  'role.requested': {
    en: {
      title: 'A role was requested for you',
      text:
        'The role “{role}” was requested for you until {until}. ' +
        `It counts once a second administrator approves. ${wrongRole}`,
    },
    hi: {
      title: 'आपके लिए भूमिका माँगी गई',
      text:
        'आपके लिए “{role}” की भूमिका {until} तक माँगी गई है। ' +
        `दूसरे एडमिनिस्ट्रेटर की मंज़ूरी के बाद ही यह मिलेगी। ${wrongRoleHindi}`,
    },
  },
  'role.granted': {
    en: { title: 'You have a role', text: `You have the role “{role}” until {until}. ${wrongRole}` },
    hi: { title: 'आपको भूमिका मिली', text: `{until} तक आपकी भूमिका “{role}” है। ${wrongRoleHindi}` },
  },
  'role.declined': {
    en: { title: 'A role was declined', text: 'The role “{role}” that was requested for you was declined.' },
    hi: { title: 'भूमिका नामंज़ूर', text: 'आपके लिए माँगी गई “{role}” की भूमिका नामंज़ूर हुई।' },
  },
  'role.ended': {
    en: {
      title: 'Your role has ended',
      text: `You no longer have the role “{role}”. All your devices were signed out. ${wrongRole}`,
    },
    hi: {
      title: 'आपकी भूमिका खत्म हुई',
      text: `अब आपकी भूमिका “{role}” नहीं है। आपके सारे डिवाइस साइन आउट हो गए। ${wrongRoleHindi}`,
    },
  },
  'role.requested-by-you': {
    en: {
      title: 'You requested a role',
      text: `You requested the role “{role}” for somebody until {until}. ${wrong}`,
    },
    hi: {
      title: 'आपने भूमिका माँगी',
      text: `आपने किसी के लिए {until} तक “{role}” की भूमिका माँगी है। ${wrongHindi}`,
    },
  },
  'role.approved-by-you': {
    en: {
      title: 'You approved a role',
      text: `You approved the role “{role}” for somebody until {until}. ${wrong}`,
    },
    hi: {
      title: 'आपने भूमिका मंज़ूर की',
      text: `आपने किसी के लिए {until} तक “{role}” की भूमिका मंज़ूर की है। ${wrongHindi}`,
    },
  },
  'role.declined-by-you': {
    en: { title: 'You declined a role', text: `You declined the role “{role}” for somebody. ${wrong}` },
    hi: { title: 'आपने भूमिका नामंज़ूर की', text: `आपने किसी की “{role}” की भूमिका नामंज़ूर की है। ${wrongHindi}` },
  },
  'role.ended-by-you': {
    en: { title: 'You ended a role', text: `You ended somebody’s role “{role}”. ${wrong}` },
    hi: { title: 'आपने भूमिका खत्म की', text: `आपने किसी की “{role}” की भूमिका खत्म की है। ${wrongHindi}` },
  },
  'role.request-approved': {
    en: {
      title: 'Your request was approved',
      text: `The role “{role}” that you requested for somebody was approved until {until}. ${wrong}`,
    },
    hi: {
      title: 'आपका अनुरोध मंज़ूर हुआ',
      text: `किसी के लिए आपकी माँगी “{role}” की भूमिका {until} तक मंज़ूर हुई। ${wrongHindi}`,
    },
  },
  'role.request-declined': {
    en: {
      title: 'Your request was declined',
      text: 'The role “{role}” that you requested for somebody was declined, or nobody decided in time.',
    },
    hi: {
      title: 'आपका अनुरोध नामंज़ूर हुआ',
      text: 'किसी के लिए आपकी माँगी “{role}” की भूमिका नामंज़ूर हुई, या समय पर फ़ैसला नहीं हुआ।',
    },
  },
} as const
