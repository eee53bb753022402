// What is known of a person, who sees it, and how long it is kept.
import { DocumentPage, type Document } from './document.tsx'

const en: Document = {
  title: 'Privacy',
  sections: [
    {
      title: 'What we know',
      paragraphs: [
        'Your mobile number, your name, your e-mail if you gave it, the bank accounts that you linked, your UPI IDs, your contacts in the app, your devices and your payments.',
        'Your UPI PIN is encrypted on this device for your bank. We cannot read it, and we do not store it.',
        'Your balance is shown when you ask for it with your PIN, and not stored.',
      ],
    },
    {
      title: 'Who sees it',
      paragraphs: [
        'Whom you pay sees your name, your UPI ID and your note. Your bank, their bank and the UPI network see the payment.',
        'There are no advertisements and no trackers. We sell nothing about you.',
      ],
    },
    {
      title: 'On this device',
      paragraphs: [
        'What the app keeps to work without a network is encrypted, and erased when you log out. With an app lock your passcode encrypts it.',
      ],
    },
    {
      title: 'How long',
      paragraphs: [
        'Payments are kept as long as the law asks of banks. Everything else is erased when it is no longer needed.',
      ],
    },
    {
      title: 'Your rights',
      paragraphs: [
        'Under the Digital Personal Data Protection Act, 2023 you may see what we hold about you, have it corrected, and have it erased where no law asks us to keep it. You do so in your profile, under “Your data”.',
      ],
    },
  ],
}

const hi: Document = {
  title: 'गोपनीयता',
  sections: [
    {
      title: 'हमें क्या पता है',
      paragraphs: [
        'आपका मोबाइल नंबर, आपका नाम, आपका ई-मेल (अगर आपने दिया हो), जोड़े गए बैंक खाते, आपकी UPI ID, ऐप में आपके संपर्क, आपके डिवाइस और आपके भुगतान।',
        'आपका UPI PIN इसी डिवाइस पर आपके बैंक के लिए एन्क्रिप्ट होता है। हम उसे न पढ़ सकते हैं, न रखते हैं।',
        'बैलेंस तभी दिखता है जब आप PIN डालकर देखते हैं; उसे रखा नहीं जाता।',
      ],
    },
    {
      title: 'कौन देखता है',
      paragraphs: [
        'जिसे आप भुगतान करते हैं, उसे आपका नाम, आपकी UPI ID और आपका नोट दिखता है। आपका बैंक, उनका बैंक और UPI नेटवर्क भुगतान देखते हैं।',
        'कोई विज्ञापन नहीं, कोई ट्रैकर नहीं। हम आपके बारे में कुछ नहीं बेचते।',
      ],
    },
    {
      title: 'इस डिवाइस पर',
      paragraphs: [
        'बिना नेटवर्क चलने के लिए ऐप जो रखता है, वह एन्क्रिप्टेड है और लॉग आउट करने पर मिट जाता है। ऐप लॉक हो, तो वह आपके पासकोड से एन्क्रिप्ट होता है।',
      ],
    },
    {
      title: 'कब तक',
      paragraphs: [
        'भुगतान उतने समय तक रखे जाते हैं, जितना क़ानून बैंकों से चाहता है। बाक़ी सब ज़रूरत ख़त्म होने पर मिटा दिया जाता है।',
      ],
    },
    {
      title: 'आपके अधिकार',
      paragraphs: [
        'डिजिटल व्यक्तिगत डेटा संरक्षण अधिनियम, 2023 के अनुसार आप देख सकते हैं कि हमारे पास आपके बारे में क्या है, उसे सुधरवा सकते हैं, और जहाँ क़ानून रखने को न कहे वहाँ मिटवा सकते हैं। यह प्रोफ़ाइल में “आपका डेटा” के अंदर होता है।',
      ],
    },
  ],
}

export const Component = () => <DocumentPage texts={{ en, hi }} />
