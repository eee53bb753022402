// The texts of saved views in both languages.
import type { Texts } from '@bahi/web-ui/language/translate.ts'
import { useScreenText, type Language } from '../language/language.ts'

const en = {
  'views.title': 'Saved views',
  'views.save': 'Save this view',
  'views.save-about':
    'The filters as they are now, on every device that you sign in on. Nobody else sees them.',
  'views.name': 'Name',
  'views.name-wrong': 'Enter a name of 1 to {count} letters.',
  'views.full': 'You have {count} saved views. Remove one first.',
  'views.change': 'Change saved views',
  'views.rename': 'Rename',
  'views.rename-one': 'Rename {name}',
  'views.remove': 'Remove',
  'views.remove-one': 'Remove {name}',
  'views.renamed': 'Renamed to {name}',
  'views.removed': '{name} was removed',
  'views.none': 'No saved views of this list',
  'views.away': 'Saved views could not be loaded.',
} as const

export type ViewsTextKey = keyof typeof en

const hi: Texts<ViewsTextKey> = {
  'views.title': 'सहेजे गए व्यू',
  'views.save': 'यह व्यू सहेजें',
  'views.save-about': 'फ़िल्टर जैसे अभी हैं, हर उस डिवाइस पर जहाँ आप साइन इन करते हैं। ये किसी और को नहीं दिखते।',
  'views.name': 'नाम',
  'views.name-wrong': '1 से {count} अक्षरों का नाम लिखें।',
  'views.full': 'आपके {count} व्यू सहेजे हुए हैं। पहले एक हटाएँ।',
  'views.change': 'सहेजे गए व्यू बदलें',
  'views.rename': 'नाम बदलें',
  'views.rename-one': '{name} का नाम बदलें',
  'views.remove': 'हटाएँ',
  'views.remove-one': '{name} हटाएँ',
  'views.renamed': 'नया नाम: {name}',
  'views.removed': '{name} हटाया गया',
  'views.none': 'इस सूची का कोई व्यू सहेजा नहीं गया',
  'views.away': 'सहेजे गए व्यू लोड नहीं हो सके।',
}

export const viewsTexts = { en, hi } satisfies Record<Language, Texts<ViewsTextKey>>

export const useViewsText = () => useScreenText(viewsTexts)
