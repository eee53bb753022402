// UPI response codes: the sentence for people in every language, and what the platform does after each.
import type { Language } from './formats.ts'

/** `retry`: the person may pay again. `act`: they must do something first. `ask`: outcome unknown, ask again later. */
export type Handling = 'done' | 'act' | 'retry' | 'stop' | 'ask'
export type UpiCode = {
  handling: Handling
  text: Readonly<Record<Language, string>>
  /** A technical decline: a system failed, and neither payer nor payee can help it. */
  isTechnical: boolean
}

/** One sentence for many codes of banks and of the network: what differs between them means nothing to a person. */
const list: readonly [codes: string, handling: Handling, text: UpiCode['text'], kind?: 'technical'][] = [
  ['00', 'done', { en: 'Paid.', hi: 'भुगतान हो गया।' }],
  ['ZM', 'act', { en: 'The UPI PIN is wrong. No money has moved.', hi: 'UPI PIN गलत है। कोई पैसा नहीं कटा।' }],
  [
    'Z6',
    'act',
    {
      en: 'The UPI PIN is locked after too many wrong tries. Set a new PIN, or try tomorrow.',
      hi: 'कई बार गलत डालने से UPI PIN बंद हो गया है। नया PIN सेट करें, या कल कोशिश करें।',
    },
  ],
  [
    'Z7',
    'act',
    {
      en: 'You have made the most payments that a day allows. Try again tomorrow.',
      hi: 'आज के सारे भुगतान हो चुके हैं। कल फिर कोशिश करें।',
    },
  ],
  [
    'Z8',
    'act',
    {
      en: 'The amount is over the limit. Pay a smaller amount, or try tomorrow.',
      hi: 'राशि सीमा से ज़्यादा है। कम राशि भेजें, या कल कोशिश करें।',
    },
  ],
  ['Z9 IE', 'act', { en: 'There is not enough money in the account.', hi: 'खाते में पर्याप्त पैसा नहीं है।' }],
  [
    'ZH',
    'act',
    {
      en: 'This UPI ID does not exist. Check it and try again.',
      hi: 'यह UPI ID नहीं है। जाँचकर फिर कोशिश करें।',
    },
  ],
  ['AM', 'act', { en: 'Set a UPI PIN for this account first.', hi: 'पहले इस खाते का UPI PIN सेट करें।' }],
  [
    'FL',
    'act',
    {
      en: 'The first payment after a new device or PIN may be ₹5,000 at most.',
      hi: 'नए डिवाइस या PIN के बाद पहला भुगतान ज़्यादा से ज़्यादा ₹5,000 का हो सकता है।',
    },
  ],
  [
    'FP',
    'act',
    {
      en: 'In the first 24 hours after a new device or PIN you may pay ₹5,000 in all.',
      hi: 'नए डिवाइस या PIN के बाद पहले 24 घंटों में आप कुल ₹5,000 तक भुगतान कर सकते हैं।',
    },
  ],
  [
    'U14 U15',
    'retry',
    {
      en: 'The encrypted PIN cannot be read. Reload and try again.',
      hi: 'PIN पढ़ा नहीं जा सका। पेज फिर से खोलकर कोशिश करें।',
    },
  ],
  [
    'U54',
    'retry',
    {
      en:
        'The PIN was entered for another payment, or the clock of this device is wrong. ' +
        'Check its date and time, and enter the PIN again.',
      hi:
        'PIN किसी दूसरे भुगतान के लिए डाला गया था, या इस डिवाइस की घड़ी गलत है। ' +
        'तारीख और समय जाँचकर PIN फिर से डालें।',
    },
  ],
  ['U96', 'act', { en: 'Payer and payee are the same account.', hi: 'भेजने और पाने वाला खाता एक ही है।' }],
  ['XH', 'stop', { en: 'Your bank account cannot be found.', hi: 'आपका बैंक खाता नहीं मिला।' }],
  ['XI', 'stop', { en: 'The receiving account cannot be found.', hi: 'पाने वाले का खाता नहीं मिला।' }],
  ['YE', 'stop', { en: 'Your account is frozen. Ask your bank.', hi: 'आपके खाते पर रोक है। अपने बैंक से पूछें।' }],
  ['YF', 'stop', { en: 'The receiving account is frozen.', hi: 'पाने वाले के खाते पर रोक है।' }],
  [
    'U28 XY XT IR U86 U90 HS HS1 HS2 HS3',
    'retry',
    {
      en: 'Your bank cannot be reached now. No money has moved. Try again later.',
      hi: 'आपके बैंक से अभी संपर्क नहीं हो पा रहा। कोई पैसा नहीं कटा। बाद में फिर कोशिश करें।',
    },
    'technical',
  ],
  [
    'U78 Y1 XU UB U09 U18 U20 U89 U91 U93 U94',
    'retry',
    {
      en: 'The receiving bank cannot be reached now. No money has moved. Try again later.',
      hi: 'पाने वाले के बैंक से अभी संपर्क नहीं हो पा रहा। कोई पैसा नहीं कटा। बाद में फिर कोशिश करें।',
    },
    'technical',
  ],
  [
    'XB',
    'retry',
    { en: 'The payment was not made. No money has moved.', hi: 'भुगतान नहीं हुआ। कोई पैसा नहीं कटा।' },
  ],
  [
    'ZD XD XE XF XG U10 U11 U55',
    'retry',
    {
      en: 'The details of the payment were not in order. No money has moved. Enter them again.',
      hi: 'भुगतान का विवरण सही नहीं था। कोई पैसा नहीं कटा। फिर से डालें।',
    },
  ],
  [
    'U69',
    'retry',
    { en: 'The time to pay ran out. No money has moved.', hi: 'भुगतान का समय पूरा हो गया। कोई पैसा नहीं कटा।' },
  ],
  ['ZA', 'stop', { en: 'The payment was declined.', hi: 'भुगतान अस्वीकार कर दिया गया।' }],
  ['ZE ZG U19', 'act', { en: 'This UPI ID takes no payment from you.', hi: 'यह UPI ID आपसे भुगतान नहीं लेती।' }],
  [
    'S0 S1 S2 S3 TM',
    'stop',
    {
      en: 'This payee is blocked, or was reported as spam. No money has moved.',
      hi: 'यह पाने वाला ब्लॉक है, या इसे स्पैम बताया गया है। कोई पैसा नहीं कटा।',
    },
  ],
  [
    'VO VP VQ VR VZ',
    'stop',
    {
      en: 'Your bank had to stop this account, by law or by an order. Ask your bank.',
      hi: 'कानून या किसी आदेश से आपके बैंक ने यह खाता रोक दिया है। अपने बैंक से पूछें।',
    },
  ],
  [
    'ZX',
    'stop',
    {
      en: 'Your account has not been used for long. Ask your bank.',
      hi: 'आपका खाता लंबे समय से इस्तेमाल नहीं हुआ है। अपने बैंक से पूछें।',
    },
  ],
  [
    'ZY',
    'stop',
    {
      en: 'The receiving account takes no money: it is being closed, or has not been used for long.',
      hi: 'पाने वाले का खाता पैसा नहीं ले सकता: वह बंद हो रहा है, या लंबे समय से इस्तेमाल नहीं हुआ।',
    },
  ],
  [
    'K1 59 U16 U66 M16 YA',
    'stop',
    {
      en: 'This payment was stopped for safety. No money has moved. Ask your bank.',
      hi: 'सुरक्षा के लिए यह भुगतान रोका गया। कोई पैसा नहीं कटा। अपने बैंक से पूछें।',
    },
  ],
  [
    'ZI',
    'stop',
    {
      en: 'The receiving bank stopped this payment for safety. No money has moved.',
      hi: 'पाने वाले के बैंक ने सुरक्षा के लिए यह भुगतान रोका। कोई पैसा नहीं कटा।',
    },
  ],
  [
    'XC XV XW YC YD U30 U31',
    'stop',
    {
      en: 'A bank did not agree to this payment. No money has moved.',
      hi: 'बैंक ने यह भुगतान स्वीकार नहीं किया। कोई पैसा नहीं कटा।',
    },
  ],
  [
    'B1',
    'act',
    {
      en: 'Your phone number has changed at your bank. Link the account again.',
      hi: 'बैंक में आपका फ़ोन नंबर बदल गया है। खाता फिर से जोड़ें।',
    },
  ],
  [
    'B3 B2 BR RN',
    'stop',
    {
      en: 'This account may not be used for UPI. Ask your bank.',
      hi: 'यह खाता UPI के लिए इस्तेमाल नहीं हो सकता। अपने बैंक से पूछें।',
    },
  ],
  [
    'ZF U63 U64 U65',
    'act',
    {
      en: 'Your bank does not allow UPI on this device. Sign in again, or ask your bank.',
      hi: 'आपका बैंक इस डिवाइस पर UPI की अनुमति नहीं देता। फिर से साइन इन करें, या अपने बैंक से पूछें।',
    },
  ],
  ['ZR ZS', 'act', { en: 'The OTP is wrong or has expired.', hi: 'OTP गलत है या उसका समय पूरा हो गया।' }],
  [
    'ZT',
    'act',
    { en: 'Too many wrong OTPs. Try again later.', hi: 'कई बार गलत OTP डाला गया। बाद में फिर कोशिश करें।' },
  ],
  [
    'SP AJ XL XN',
    'act',
    {
      en: 'The debit card or its PIN is not right. Check both, or ask your bank.',
      hi: 'डेबिट कार्ड या उसका PIN सही नहीं है। दोनों जाँचें, या अपने बैंक से पूछें।',
    },
  ],
  ['RM', 'act', { en: 'This UPI PIN is too easy to guess.', hi: 'इस UPI PIN का अनुमान आसानी से लग सकता है।' }],
  ['RZ', 'act', { en: 'This account has a UPI PIN already.', hi: 'इस खाते का UPI PIN पहले से सेट है।' }],
  [
    'UM0 UM1 UM2 UM3 UM4 UM5 UM6 UM7 UM8 UM9',
    'stop',
    {
      en: 'Your bank did not agree to the AutoPay. No money has moved.',
      hi: 'आपके बैंक ने ऑटोपे स्वीकार नहीं किया। कोई पैसा नहीं कटा।',
    },
  ],
  [
    'VL VM',
    'stop',
    {
      en: 'Your bank allows no AutoPay from this account.',
      hi: 'आपका बैंक इस खाते से ऑटोपे की अनुमति नहीं देता।',
    },
  ],
  [
    'VF VG VH VJ QS QU',
    'stop',
    {
      en: 'Your bank does not know this mandate. No money has moved.',
      hi: 'आपके बैंक के पास यह मैंडेट नहीं है। कोई पैसा नहीं कटा।',
    },
  ],
  [
    'QA VA',
    'act',
    { en: 'This AutoPay is paused. No money has moved.', hi: 'यह ऑटोपे रुका हुआ है। कोई पैसा नहीं कटा।' },
  ],
  [
    'QB VT',
    'stop',
    {
      en: 'This debit of the AutoPay was made already. Nothing was debited again.',
      hi: 'ऑटोपे का यह भुगतान पहले ही हो चुका है। दोबारा पैसा नहीं कटा।',
    },
  ],
  [
    'QC VU',
    'stop',
    {
      en: 'This AutoPay was cancelled. No money has moved.',
      hi: 'यह ऑटोपे बंद किया जा चुका है। कोई पैसा नहीं कटा।',
    },
  ],
  [
    'QD',
    'stop',
    {
      en: 'This AutoPay is not valid on that day. No money has moved.',
      hi: 'यह ऑटोपे उस दिन मान्य नहीं है। कोई पैसा नहीं कटा।',
    },
  ],
  [
    'QH VB',
    'stop',
    {
      en: 'The amount is not what the AutoPay allows. No money has moved.',
      hi: 'राशि ऑटोपे की अनुमति से अलग है। कोई पैसा नहीं कटा।',
    },
  ],
  [
    'QK VC VK',
    'act',
    {
      en: 'Your bank’s limit for AutoPay is reached. No money has moved.',
      hi: 'ऑटोपे के लिए आपके बैंक की सीमा पूरी हो गई है। कोई पैसा नहीं कटा।',
    },
  ],
  [
    'QL QR VD VI',
    'stop',
    {
      en: 'The AutoPay allows no debit on that day. No money has moved.',
      hi: 'ऑटोपे उस दिन पैसा काटने की अनुमति नहीं देता। कोई पैसा नहीं कटा।',
    },
  ],
  [
    'IC ID',
    'stop',
    {
      en: 'The reserved money is not there. No money has moved.',
      hi: 'रोकी गई राशि उपलब्ध नहीं है। कोई पैसा नहीं कटा।',
    },
  ],
  [
    'PS',
    'act',
    { en: 'The receiving account cannot hold that much.', hi: 'पाने वाले का खाता इतनी राशि नहीं रख सकता।' },
  ],
  [
    'ZU',
    'act',
    {
      en: 'Your bank’s own limit is reached. Pay a smaller amount, or try tomorrow.',
      hi: 'आपके बैंक की सीमा पूरी हो गई है। कम राशि भेजें, या कल कोशिश करें।',
    },
  ],
  [
    'U02 U03',
    'retry',
    {
      en: 'The network’s limit is reached for now. No money has moved. Try again later.',
      hi: 'नेटवर्क की सीमा अभी पूरी है। कोई पैसा नहीं कटा। बाद में फिर कोशिश करें।',
    },
    'technical',
  ],
  [
    'YG YH X6 X7 U77',
    'stop',
    {
      en: 'The merchant cannot take payments now. No money has moved.',
      hi: 'व्यापारी अभी भुगतान नहीं ले सकता। कोई पैसा नहीं कटा।',
    },
  ],
  [
    'U17 U29 U95',
    'act',
    {
      en: 'This UPI ID cannot be reached. Check it and try again.',
      hi: 'इस UPI ID तक पहुँचा नहीं जा सका। जाँचकर फिर कोशिश करें।',
    },
  ],
  [
    'U80 U81 U84 U92',
    'retry',
    {
      en: 'The network is too busy now. No money has moved. Try again later.',
      hi: 'नेटवर्क अभी बहुत व्यस्त है। कोई पैसा नहीं कटा। बाद में फिर कोशिश करें।',
    },
    'technical',
  ],
  [
    'U48',
    'retry',
    {
      en: 'The payment did not reach the network. No money has moved. You may pay again.',
      hi: 'भुगतान नेटवर्क तक नहीं पहुँचा। कोई पैसा नहीं कटा। आप फिर से भुगतान कर सकते हैं।',
    },
    'technical',
  ],
  [
    'UP UT BT RB RR RP 21 32 96 DF DT NO S95 VE VS U01 U08 U26 U27 U32 U33 U34 U35 U36 U37 U38 U42 U53 ' +
      'U56 U57 U58 U59 U60 U61 U62 U67 U68 U70 U82 U85 U87 U88 U97 U98 U99',
    'ask',
    {
      en: 'The banks did not agree in time. What was taken is back in your account.',
      hi: 'बैंकों का समय पर उत्तर नहीं आया। जो कटा था वह आपके खाते में वापस है।',
    },
    'technical',
  ],
]

/** Handling and classes of codes are NPCI's; the sentences are ours. */
export const upiCodes: ReadonlyMap<string, UpiCode> = new Map(
  list.flatMap(([codes, handling, text, kind]) =>
    codes.split(' ').map((code) => [code, { handling, text, isTechnical: kind === 'technical' }] as const),
  ),
)

/** What a code that is not in the list is handled as: its outcome is not known. */
export function handlingOf(code: string): Handling {
  return upiCodes.get(code)?.handling ?? 'ask'
}

/** The sentence for a code; of a failure without one of its own, that the payment was not made. */
export function upiCodeText(code: string, language: Language): string {
  return (upiCodes.get(code) ?? upiCodes.get('XB')!).text[language]
}
