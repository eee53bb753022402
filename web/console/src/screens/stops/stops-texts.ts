// The texts of stops of payments in both languages, loaded with their page.
import type { StopScope } from '@bahi/contracts/payment-stops.ts'
import type { Texts } from '@bahi/web-ui/language/translate.ts'
import { useScreenText, type Language } from '../../language/language.ts'

const en = {
  'stops.explained':
    'A stop refuses new payments that it covers, at once. Those that have begun are completed, and money from other ' +
    'apps still comes in.',
  'stops.none': 'Payments were never stopped',
  'stops.set': 'Stop payments',
  'stops.set-explained': 'It is in force at once. It is on record that you did it, and why.',
  'stops.end': 'End the stop',
  'stops.end-explained': 'Payments begin again at once.',
  'stops.scope': 'What is stopped',
  'stops.everything': 'Everything that people here pay',
  'stops.payments': 'What people pay by themselves',
  'stops.requests': 'Requests for money',
  'stops.mandates': 'AutoPay',
  'stops.across-banks': 'To and from other banks and apps',
  'stops.handle': 'UPI IDs of one handle',
  'stops.handle-name': 'Handle, without @',
  'stops.handle-wrong': 'Enter what follows the @, such as ganga.',
  'stops.message': 'What people read besides (optional)',
  'stops.message-hint':
    'They read in their language that payments are stopped. This is shown as you write it.',
  'stops.message-wrong': 'At least five letters, at most 200, or none.',
  'stops.since': 'Since',
  'stops.by': 'Set by',
  'stops.ended': 'Ended',
  'stops.in-force': 'In force',
} as const satisfies Record<`stops.${StopScope}`, string> & Record<string, string>

type StopsTextKey = keyof typeof en

const hi: Texts<StopsTextKey> = {
  'stops.explained':
    'रोक लगते ही उसके दायरे के नए भुगतान मना हो जाते हैं। जो शुरू हो चुके हैं वे पूरे होते हैं, और दूसरे ऐप से पैसा आता ' + 'रहता है।',
  'stops.none': 'भुगतान कभी नहीं रोके गए',
  'stops.set': 'भुगतान रोकें',
  'stops.set-explained': 'यह तुरंत लागू होगी। दर्ज होगा कि आपने यह किया, और क्यों।',
  'stops.end': 'रोक हटाएँ',
  'stops.end-explained': 'भुगतान तुरंत फिर शुरू होंगे।',
  'stops.scope': 'क्या रोकना है',
  'stops.everything': 'यहाँ के लोगों के सारे भुगतान',
  'stops.payments': 'लोग जो खुद भुगतान करते हैं',
  'stops.requests': 'पैसे के अनुरोध',
  'stops.mandates': 'ऑटोपे',
  'stops.across-banks': 'दूसरे बैंकों और ऐप के साथ',
  'stops.handle': 'एक हैंडल की UPI ID',
  'stops.handle-name': 'हैंडल, @ के बिना',
  'stops.handle-wrong': '@ के बाद का भाग डालें, जैसे ganga।',
  'stops.message': 'लोग और क्या पढ़ें (वैकल्पिक)',
  'stops.message-hint': 'उन्हें अपनी भाषा में दिखता है कि भुगतान रुके हैं। यह वैसे ही दिखेगा जैसे आप लिखें।',
  'stops.message-wrong': 'कम से कम पाँच, ज़्यादा से ज़्यादा 200 अक्षर, या खाली।',
  'stops.since': 'कब से',
  'stops.by': 'किसने लगाई',
  'stops.ended': 'हटाई गई',
  'stops.in-force': 'लागू',
}

export const stopsTexts = { en, hi } satisfies Record<Language, Texts<StopsTextKey>>
export const useStopsText = () => useScreenText(stopsTexts)
