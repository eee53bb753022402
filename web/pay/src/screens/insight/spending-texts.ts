// The texts of spending in both languages, loaded with its screen.
import type { Texts } from '@bahi/web-ui/language/translate.ts'
import { useScreenText, type Language } from '../../language/language.ts'

const en = {
  'spending.none': 'Nothing spent',
  'spending.none-text': 'You paid nobody in {month}.',
  'spending.by-category': 'By category',
  'spending.by-payee': 'By payee',
  'spending.hint': 'Completed payments to others. Hidden payments don’t count.',
  'spending.groceries': 'Groceries',
  'spending.food': 'Food and drink',
  'spending.fuel': 'Fuel',
  'spending.travel': 'Travel',
  'spending.bills': 'Bills and rent',
  'spending.shopping': 'Shopping',
  'spending.health': 'Health',
  'spending.education': 'Education',
  'spending.entertainment': 'Entertainment',
  'spending.finance': 'Money and insurance',
  'spending.government': 'Taxes and government',
  'spending.other': 'Other',
  'spending.people': 'People',
  'spending.count': { one: '{count} payment', other: '{count} payments' },
}

type SpendingTextKey = keyof typeof en

const hi: Texts<SpendingTextKey> = {
  'spending.none': 'कोई खर्च नहीं',
  'spending.none-text': '{month} में आपने किसी को भुगतान नहीं किया।',
  'spending.by-category': 'श्रेणी के अनुसार',
  'spending.by-payee': 'किसे भुगतान किया',
  'spending.hint': 'दूसरों को किए गए पूरे भुगतान। छिपाए गए भुगतान नहीं गिने जाते।',
  'spending.groceries': 'किराना',
  'spending.food': 'खाना-पीना',
  'spending.fuel': 'ईंधन',
  'spending.travel': 'यात्रा',
  'spending.bills': 'बिल और किराया',
  'spending.shopping': 'ख़रीदारी',
  'spending.health': 'स्वास्थ्य',
  'spending.education': 'शिक्षा',
  'spending.entertainment': 'मनोरंजन',
  'spending.finance': 'वित्त और बीमा',
  'spending.government': 'कर और सरकार',
  'spending.other': 'अन्य',
  'spending.people': 'लोग',
  'spending.count': { one: '{count} भुगतान', other: '{count} भुगतान' },
}

export const spendingTexts = { en, hi } satisfies Record<Language, Texts<SpendingTextKey>>

export const useSpendingText = () => useScreenText(spendingTexts)
