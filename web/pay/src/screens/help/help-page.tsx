// Help: what to do when a payment is not as it should be, and whom to turn to.
import { DocumentPage, type Document } from './document.tsx'

const en: Document = {
  title: 'Help',
  sections: [
    {
      title: 'My payment is pending',
      paragraphs: [
        'Your money is safe. The payment shows the date by which it is paid, or the money is back in your account. Until then, do not pay the same again.',
      ],
      links: [['/history?status=pending', 'Pending payments']],
    },
    {
      title: 'It failed, but the money has left my account',
      paragraphs: [
        'Your bank returns it by itself. If it is not back by the date on the payment, call your bank and give them the UPI reference.',
      ],
    },
    {
      title: 'I paid the wrong person',
      paragraphs: [
        'A UPI payment cannot be cancelled. Ask the person to send it back. If they do not, call your bank and give them the UPI reference.',
      ],
      links: [['/history', 'Find the payment']],
    },
    {
      title: 'I did not make this payment',
      paragraphs: [
        'Call your bank at once, and report it on 1930 or at cybercrime.gov.in. The sooner you do, the more can be stopped.',
        'Sign out every device you do not know. Then change your UPI PIN.',
        'Nobody from bahi or from your bank asks for your UPI PIN, a code or your screen. You need no PIN to receive money.',
      ],
      links: [
        ['/profile/devices', 'Devices'],
        ['/stop-payments', 'Stop all payments'],
      ],
    },
    {
      title: 'I forgot my UPI PIN',
      paragraphs: ['Open your bank account in the app and choose to set a new PIN with your debit card.'],
      links: [['/accounts', 'Bank accounts']],
    },
    {
      title: 'I lost my phone',
      paragraphs: [
        'Stop all payments from your accounts, here, without signing in. Then sign in on another device and sign out the lost one. Call your bank to have UPI stopped there.',
      ],
      links: [
        ['/stop-payments', 'Stop all payments'],
        ['/profile/devices', 'Devices'],
      ],
    },
    {
      title: 'I want to complain',
      paragraphs: [
        'Your bank is the first to ask. If it has not helped within 30 days, the ombudsman of the Reserve Bank of India does, free of charge: cms.rbi.org.in.',
      ],
    },
  ],
}

const hi: Document = {
  title: 'मदद',
  sections: [
    {
      title: 'मेरा भुगतान पेंडिंग है',
      paragraphs: [
        'आपका पैसा सुरक्षित है। भुगतान में एक तारीख़ दिखती है: तब तक भुगतान हो जाएगा या पैसा आपके खाते में वापस आ जाएगा। तब तक वही भुगतान दोबारा न करें।',
      ],
      links: [['/history?status=pending', 'पेंडिंग भुगतान']],
    },
    {
      title: 'भुगतान नहीं हुआ, पर खाते से पैसा कट गया',
      paragraphs: [
        'आपका बैंक पैसा अपने-आप लौटाता है। भुगतान में दिखी तारीख़ तक न लौटे, तो बैंक को कॉल करें और UPI रेफ़रेंस बताएँ।',
      ],
    },
    {
      title: 'मैंने ग़लत व्यक्ति को भुगतान कर दिया',
      paragraphs: [
        'UPI भुगतान रद्द नहीं हो सकता। उस व्यक्ति से पैसा लौटाने को कहें। वे न लौटाएँ, तो बैंक को कॉल करें और UPI रेफ़रेंस बताएँ।',
      ],
      links: [['/history', 'भुगतान खोजें']],
    },
    {
      title: 'यह भुगतान मैंने नहीं किया',
      paragraphs: [
        'तुरंत अपने बैंक को कॉल करें और 1930 पर या cybercrime.gov.in पर शिकायत करें। जितनी जल्दी करेंगे, उतना नुक़सान रुकेगा।',
        'अनजान डिवाइस साइन आउट करें। फिर अपना UPI PIN बदलें।',
        'bahi या बैंक का कोई भी व्यक्ति आपका UPI PIN, कोड या स्क्रीन नहीं माँगता। पैसा पाने के लिए PIN नहीं लगता।',
      ],
      links: [
        ['/profile/devices', 'डिवाइस'],
        ['/stop-payments', 'सारे भुगतान रोकें'],
      ],
    },
    {
      title: 'मैं अपना UPI PIN भूल गया',
      paragraphs: ['ऐप में अपना बैंक खाता खोलें और डेबिट कार्ड से नया PIN सेट करें।'],
      links: [['/accounts', 'बैंक खाते']],
    },
    {
      title: 'मेरा फ़ोन खो गया',
      paragraphs: [
        'यहीं से, बिना साइन इन किए, अपने खातों से सारे भुगतान रोकें। फिर किसी और डिवाइस पर साइन इन करके खोया हुआ फ़ोन साइन आउट करें। UPI रुकवाने के लिए बैंक को कॉल करें।',
      ],
      links: [
        ['/stop-payments', 'सारे भुगतान रोकें'],
        ['/profile/devices', 'डिवाइस'],
      ],
    },
    {
      title: 'मुझे शिकायत करनी है',
      paragraphs: [
        'पहले अपने बैंक से कहें। 30 दिन में हल न मिले, तो भारतीय रिज़र्व बैंक के लोकपाल से मुफ़्त शिकायत करें: cms.rbi.org.in।',
      ],
    },
  ],
}

export const Component = () => <DocumentPage texts={{ en, hi }} />
