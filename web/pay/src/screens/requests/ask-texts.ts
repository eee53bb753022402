// The texts of whom one may request money from in both languages, loaded with their screens.
import type { Texts } from '@bahi/web-ui/language/translate.ts'
import { useScreenText, type Language } from '../../language/language.ts'

const en = {
  'requests.not-permitted': 'Requests are not available',
  'requests.not-permitted-hint':
    'UPI no longer allows requests between people. Show your QR code or share a payment link instead.',
  'requests.show-qr': 'Show my QR code',
  'requests.elsewhere': 'They use another app',
  'requests.elsewhere-hint':
    'UPI allows no requests to people who use another app. Show your QR code or share a payment link instead.',
  'requests.only-here':
    'You can request from people who use this app. Others can pay you by your QR code or a payment link.',
}

type AskTextKey = keyof typeof en

const hi: Texts<AskTextKey> = {
  'requests.not-permitted': 'अनुरोध उपलब्ध नहीं हैं',
  'requests.not-permitted-hint': 'UPI में लोगों के बीच अनुरोध अब बंद हैं। अपना QR कोड दिखाएँ या भुगतान लिंक शेयर करें।',
  'requests.show-qr': 'मेरा QR कोड दिखाएँ',
  'requests.elsewhere': 'वे दूसरा ऐप इस्तेमाल करते हैं',
  'requests.elsewhere-hint': 'UPI में दूसरे ऐप के लोगों से अनुरोध नहीं कर सकते। अपना QR कोड दिखाएँ या भुगतान लिंक शेयर करें।',
  'requests.only-here': 'आप इस ऐप के लोगों से पैसे माँग सकते हैं। बाकी लोग आपके QR कोड या भुगतान लिंक से भुगतान कर सकते हैं।',
}

export const askTexts = { en, hi } satisfies Record<Language, Texts<AskTextKey>>

export const useAskText = () => useScreenText(askTexts)
