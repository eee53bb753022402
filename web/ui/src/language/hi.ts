// The texts of the components in Hindi.
import type { UiTextKey } from './en.ts'
import type { Texts } from './translate.ts'

export const hi: Texts<UiTextKey> = {
  'action.back': 'वापस',
  'action.close': 'बंद करें',
  'action.copy': 'कॉपी करें',
  'action.copied': 'कॉपी हो गया',
  'action.retry': 'फिर कोशिश करें',
  'state.loading': 'लोड हो रहा है',
  'state.offline': 'इसके लिए नेटवर्क चाहिए',
  'state.offline-more': 'यह इस डिवाइस पर सहेजा नहीं गया था। ऑनलाइन होते ही दिखेगा।',
  'amount.pad': 'राशि के बटन',
  'amount.erase': 'आखिरी अंक मिटाएँ',
  'amount.point': 'दशमलव',
  'amount.not-one': 'यह एक राशि नहीं है। रुपयों में लिखें, जैसे 1250.50।',
}
