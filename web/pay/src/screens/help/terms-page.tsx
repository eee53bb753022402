// The terms of use.
import { DocumentPage, type Document } from './document.tsx'

const en: Document = {
  title: 'Terms',
  sections: [
    {
      title: 'What bahi does',
      paragraphs: [
        'bahi passes your payment instructions to your bank over UPI. Your money stays in your bank account; bahi holds none of it.',
      ],
    },
    {
      title: 'Your account',
      paragraphs: [
        'You may use bahi with the mobile number and the bank accounts that are yours. Keep your password and your UPI PIN to yourself, and tell us and your bank at once when somebody else may know them.',
      ],
    },
    {
      title: 'Payments',
      paragraphs: [
        'With your UPI PIN you tell your bank to pay. A payment that was made cannot be cancelled: check the name and the amount first.',
        'The limits of UPI and of your bank apply. They are lower for a day after a new device or a new PIN.',
        'bahi takes no charge for payments between people.',
      ],
    },
    {
      title: 'When something goes wrong',
      paragraphs: [
        'A payment that failed after your account was debited is returned by your bank, under the rules of the Reserve Bank of India. For a payment that you did not make, what you owe depends on how soon you report it: do so at once.',
      ],
    },
    {
      title: 'Leaving',
      paragraphs: [
        'You can stop using bahi at any time. We may stop an account that is used for fraud, or when the law asks for it.',
      ],
    },
  ],
}

const hi: Document = {
  title: 'शर्तें',
  sections: [
    {
      title: 'bahi क्या करता है',
      paragraphs: [
        'bahi आपके भुगतान के निर्देश UPI से आपके बैंक तक पहुँचाता है। आपका पैसा आपके बैंक खाते में ही रहता है; bahi के पास कोई पैसा नहीं रहता।',
      ],
    },
    {
      title: 'आपका खाता',
      paragraphs: [
        'bahi का उपयोग अपने ही मोबाइल नंबर और अपने ही बैंक खातों से करें। अपना पासवर्ड और UPI PIN किसी को न बताएँ; किसी को पता चल जाए, तो हमें और अपने बैंक को तुरंत बताएँ।',
      ],
    },
    {
      title: 'भुगतान',
      paragraphs: [
        'UPI PIN डालकर आप अपने बैंक को भुगतान करने को कहते हैं। हो चुका भुगतान रद्द नहीं हो सकता: पहले नाम और रक़म देख लें।',
        'UPI और आपके बैंक की सीमाएँ लागू हैं। नए डिवाइस या नए PIN के बाद एक दिन तक सीमा कम रहती है।',
        'लोगों के बीच भुगतान पर bahi कोई शुल्क नहीं लेता।',
      ],
    },
    {
      title: 'कुछ गड़बड़ हो जाए तो',
      paragraphs: [
        'खाते से पैसा कटने के बाद भुगतान न हो, तो आपका बैंक भारतीय रिज़र्व बैंक के नियमों के अनुसार पैसा लौटाता है। जो भुगतान आपने नहीं किया, उसमें आपकी ज़िम्मेदारी इस पर निर्भर है कि आप कितनी जल्दी बताते हैं: तुरंत बताएँ।',
      ],
    },
    {
      title: 'छोड़ना',
      paragraphs: [
        'आप bahi का उपयोग कभी भी बंद कर सकते हैं।',
        'धोखाधड़ी होने पर या क़ानून के कहने पर हम खाता रोक सकते हैं।',
      ],
    },
  ],
}

export const Component = () => <DocumentPage texts={{ en, hi }} />
