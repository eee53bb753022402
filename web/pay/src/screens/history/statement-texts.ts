// The texts of making a statement in both languages, loaded with its screen.
import type { Texts } from '@bahi/web-ui/language/translate.ts'
import { useScreenText, type Language } from '../../language/language.ts'

const en = {
  'statement.hint': 'All completed payments of these days, as a file. It can be saved for {span}.',
  'statement.from': 'From',
  'statement.to': 'Until',
  'statement.format': 'File',
  'statement.make': 'Make statement',
  'statement.days-wrong': 'Choose a span of at most one year, up to today.',
  'statement.making': 'Making it: {done} of {total} payments',
  'statement.save': 'Save file',
  'statement.ready': 'Your statement is ready.',
  'statement.failed': 'There are too many payments in these days. Choose fewer days.',
  'statement.yours': 'Your statements',
  'statement.until': 'Can be saved until {at}',
  'statement.expired': 'This statement has expired. Make a new one.',
}

type StatementTextKey = keyof typeof en

const hi: Texts<StatementTextKey> = {
  'statement.hint': 'इन दिनों के सभी पूरे हुए भुगतान, एक फ़ाइल में। इसे {span} तक सेव कर सकते हैं।',
  'statement.from': 'से',
  'statement.to': 'तक',
  'statement.format': 'फ़ाइल',
  'statement.make': 'स्टेटमेंट बनाएँ',
  'statement.days-wrong': 'आज तक का, ज़्यादा से ज़्यादा एक साल का समय चुनें।',
  'statement.making': 'बन रहा है: {total} में से {done} भुगतान',
  'statement.save': 'फ़ाइल सेव करें',
  'statement.ready': 'आपका स्टेटमेंट तैयार है।',
  'statement.failed': 'इन दिनों में बहुत ज़्यादा भुगतान हैं। कम दिन चुनें।',
  'statement.yours': 'आपके स्टेटमेंट',
  'statement.until': '{at} तक सेव कर सकते हैं',
  'statement.expired': 'यह स्टेटमेंट अब नहीं मिलेगा। नया बनाएँ।',
}

export const statementTexts = { en, hi } satisfies Record<Language, Texts<StatementTextKey>>

export const useStatementText = () => useScreenText(statementTexts)
