// The console's texts, and the choice of language: remembered on this device.
import {
  preferredLanguage,
  rememberLanguage,
  showLanguage,
  useLanguage,
  useScreenText as useScreenTextOf,
  useText as useTextOf,
  type Language,
} from '@bahi/web-ui/language/language.ts'
import type { Texts as TextsOf, Translate as TranslateTo } from '@bahi/web-ui/language/translate.ts'
import { en, type TextKey, type Texts } from './en.ts'

export { languages, useLanguage, type Language } from '@bahi/web-ui/language/language.ts'

const load: Record<Language, () => Promise<Texts>> = {
  en: () => Promise.resolve(en),
  hi: () => import('./hi.ts').then(({ hi }) => hi),
}
useLanguage.setState({ texts: en })

export type Translate = TranslateTo<TextKey>
export const useText = useTextOf<TextKey>
export const useScreenText = <Key extends string>(own: Record<Language, TextsOf<Key>>) =>
  useScreenTextOf<TextKey, Key>(own)

/** Without one: as this browser says, or as it was chosen last. */
export async function chooseLanguage(chosen?: Language): Promise<void> {
  const language = chosen ?? preferredLanguage()
  const texts = await load[language]()
  if (chosen !== undefined) rememberLanguage(chosen)
  showLanguage(language, texts)
}
