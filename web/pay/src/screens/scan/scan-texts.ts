// The texts of the camera in both languages, loaded with its screen.
import type { Texts } from '@bahi/web-ui/language/translate.ts'
import { useScreenText, type Language } from '../../language/language.ts'

const en = {
  'scan.view': 'Camera view',
  'scan.starting': 'Starting camera…',
  'scan.hint': 'Place the QR code inside the frame',
  'scan.never': 'Scan only to pay. You never scan to receive money.',
  'scan.torch': 'Flashlight',
  'scan.picture': 'Choose a photo',
  'scan.type-instead': 'Enter UPI ID',
  'scan.several': 'There are two different payment codes here. Show one at a time.',
  'scan.no-code': 'No QR code found in this photo.',
  'scan.denied': 'Camera access is off',
  'scan.denied-why':
    'Allow the camera for this site in your browser’s settings, or choose a photo of the QR code.',
  'scan.missing': 'No camera found',
  'scan.missing-why': 'Choose a photo of the QR code, or enter the UPI ID.',
  'scan.busy': 'Camera in use',
  'scan.busy-why': 'Close the app that is using it and try again.',
  'scan.stopped': 'Camera stopped',
  'scan.stopped-why': 'Your phone or another app turned it off.',
  'scan.is-no-payment': 'This isn’t a payment QR code.',
  'scan.is-web': 'This QR code opens a website ({host}), not a payment. We didn’t open it.',
  'scan.is-other-upi': 'We don’t support this kind of UPI QR code.',
}

type ScanTextKey = keyof typeof en

const hi: Texts<ScanTextKey> = {
  'scan.view': 'कैमरा',
  'scan.starting': 'कैमरा चालू हो रहा है …',
  'scan.hint': 'QR कोड को फ़्रेम के अंदर रखें',
  'scan.never': 'स्कैन केवल पैसे देने के लिए होता है, पाने के लिए नहीं।',
  'scan.torch': 'टॉर्च',
  'scan.picture': 'फ़ोटो चुनें',
  'scan.type-instead': 'UPI ID डालें',
  'scan.several': 'यहाँ दो अलग भुगतान कोड हैं। एक बार में एक ही दिखाएँ।',
  'scan.no-code': 'इस फ़ोटो में QR कोड नहीं मिला।',
  'scan.denied': 'कैमरे की अनुमति बंद है',
  'scan.denied-why': 'ब्राउज़र की सेटिंग में इस साइट को कैमरे की अनुमति दें, या QR कोड की फ़ोटो चुनें।',
  'scan.missing': 'कैमरा नहीं मिला',
  'scan.missing-why': 'QR कोड की फ़ोटो चुनें, या UPI ID डालें।',
  'scan.busy': 'कैमरा व्यस्त है',
  'scan.busy-why': 'जो ऐप इसे चला रहा है उसे बंद करें और फिर कोशिश करें।',
  'scan.stopped': 'कैमरा बंद हो गया',
  'scan.stopped-why': 'आपके फ़ोन या किसी और ऐप ने इसे बंद कर दिया।',
  'scan.is-no-payment': 'यह भुगतान का QR कोड नहीं है।',
  'scan.is-web': 'यह QR कोड एक वेबसाइट ({host}) खोलता है, भुगतान नहीं। हमने इसे नहीं खोला।',
  'scan.is-other-upi': 'इस तरह का UPI QR कोड यहाँ नहीं चलता।',
}

export const scanTexts = { en, hi } satisfies Record<Language, Texts<ScanTextKey>>

export const useScanText = () => useScreenText(scanTexts)
