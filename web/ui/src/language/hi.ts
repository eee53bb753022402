// The texts of the components in Hindi.
import type { UiTextKey } from './en.ts'
import type { Texts } from './translate.ts'

export const hi: Texts<UiTextKey> = {
  'do.back': 'वापस',
  'do.close': 'बंद करें',
  'do.copy': 'कॉपी करें',
  'do.copied': 'कॉपी हो गया',
  'do.retry': 'फिर कोशिश करें',
  'wait.loading': 'लोड हो रहा है',
  'wait.offline': 'इसके लिए नेटवर्क चाहिए',
  'wait.offline-more': 'यह इस डिवाइस पर सहेजा नहीं गया था। ऑनलाइन होते ही दिखेगा।',
  'amount.pad': 'राशि के बटन',
  'amount.erase': 'आखिरी अंक मिटाएँ',
  'amount.point': 'दशमलव',
}
