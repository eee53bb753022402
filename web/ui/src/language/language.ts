// The language that is shown: an app gives its table of texts for it, which holds those of the components as well.
import { create } from 'zustand'
import { readSetting, writeSetting } from '../browser/settings.ts'
import { en, type UiTextKey } from './en.ts'
import { translate, type Texts, type Translate } from './translate.ts'

/** What each language calls itself. */
export const languages = { en: 'English', hi: 'हिन्दी' } as const
export type Language = keyof typeof languages

export const useLanguage = create<{ language: Language; texts: Texts<UiTextKey> }>()(() => ({
  language: 'en',
  texts: en,
}))

const storageKey = 'bahi.language'

/** The language chosen last on this device, or the browser's. */
export function preferredLanguage(): Language {
  const stored = readSetting(storageKey)
  if (stored && Object.hasOwn(languages, stored)) return stored as Language
  return navigator.language.startsWith('hi') ? 'hi' : 'en'
}

export const rememberLanguage = (language: Language) => writeSetting(storageKey, language)

export function showLanguage(language: Language, texts: Texts<UiTextKey>): void {
  document.documentElement.lang = language
  useLanguage.setState({ language, texts })
}

/** `t('action.back')`. An app names its own keys: `useText<TextKey>()`. */
export function useText<Key extends string = UiTextKey>(): Translate<Key> {
  const { language, texts } = useLanguage()
  return translate(language, texts)
}

/** The texts of one screen beside the app's: those that few people see are loaded with their screen. */
export function useScreenText<AppKey extends string, Key extends string>(
  own: Record<Language, Texts<Key>>,
): Translate<AppKey | Key> {
  const { language } = useLanguage()
  const ofApp = useText<AppKey>()
  const ofScreen = translate(language, own[language])
  return (key, values) => ofScreen(key, values) || ofApp(key as AppKey, values)
}
