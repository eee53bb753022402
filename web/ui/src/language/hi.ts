// The texts of the components in Hindi.
import type { UiTextKey } from './en.ts'
import type { Texts } from './translate.ts'

export const hi: Texts<UiTextKey> = {
  'action.back': 'वापस',
  'action.close': 'बंद करें',
  'action.copy': 'कॉपी करें',
  'action.copied': 'कॉपी हो गया',
  'action.retry': 'फिर कोशिश करें',
  'problem.reference': '{text} संदर्भ: {id}',
  'state.loading': 'लोड हो रहा है',
  'state.offline': 'आप ऑफ़लाइन हैं',
  'state.offline-more': 'यह इस डिवाइस पर सेव नहीं है। ऑनलाइन होते ही दिखेगा।',
  'amount.pad': 'राशि का कीपैड',
  'amount.erase': 'आखिरी अंक मिटाएँ',
  'amount.point': 'दशमलव',
  'amount.not-one': 'यह एक राशि नहीं है। रुपयों में लिखें, जैसे 1250.50।',
}
