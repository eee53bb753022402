// The app's texts, and the choice of language: remembered on this device; a person's own choice goes to the profile.
import {
  preferredLanguage,
  rememberLanguage,
  showLanguage,
  useLanguage,
  useScreenText as useScreenTextOf,
  useText as useTextOf,
  type Language,
} from '@bahi/web-ui/language/language.ts'
import { deleteSetting, readSetting, writeSetting } from '@bahi/web-ui/browser/settings.ts'
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

const unsent = 'bahi.language-unsent'
/** Whether the profile does not know yet what was chosen here. */
export const languageUnsent = {
  get: () => readSetting(unsent) !== undefined,
  set: (is: boolean) => (is ? writeSetting(unsent, '1') : deleteSetting(unsent)),
}

/** @param by `start`: as this device says, or chose last; `profile`: as chosen on another device */
export async function chooseLanguage(
  language: Language = preferredLanguage(),
  by: 'start' | 'person' | 'profile' = 'start',
): Promise<void> {
  const texts = await load[language]()
  if (by !== 'start') rememberLanguage(language)
  if (by === 'person') languageUnsent.set(true)
  showLanguage(language, texts)
}
