// The language of the app: one file of texts each, loaded when it is chosen; numbers and plurals by its rules.
import { create } from 'zustand'
import { en, type TextKey, type Texts } from './texts/en.ts'

/** Another language is a file in texts/ and a line here. */
export const languages = {
  en: { name: 'English', load: () => Promise.resolve<Texts>(en) },
  hi: { name: 'हिन्दी', load: () => import('./texts/hi.ts').then(({ hi }) => hi) },
} as const
export type Language = keyof typeof languages

const key = 'bahi.language'

function preferred(): Language {
  const stored = localStorage.getItem(key)
  if (stored && stored in languages) return stored as Language
  return navigator.language.startsWith('hi') ? 'hi' : 'en'
}

export const useLanguage = create<{ language: Language; texts: Texts }>()(() => ({
  language: 'en',
  texts: en,
}))

const unsent = 'bahi.language-unsent'
/** Whether the profile does not know yet what was chosen here. */
export const languageUnsent = {
  get: () => localStorage.getItem(unsent) !== null,
  set: (is: boolean) => (is ? localStorage.setItem(unsent, '1') : localStorage.removeItem(unsent)),
}

/** @param by `start`: as this device says, or chose last; `profile`: as chosen on another device */
export async function chooseLanguage(
  language: Language = preferred(),
  by: 'start' | 'person' | 'profile' = 'start',
): Promise<void> {
  const texts = await languages[language].load()
  if (by !== 'start') localStorage.setItem(key, language)
  if (by === 'person') languageUnsent.set(true)
  document.documentElement.lang = language
  useLanguage.setState({ language, texts })
}

export type Values = Record<string, string | number>
export type Translate = (key: TextKey, values?: Values) => string

/** `t('sign-in.code-sent', { phone })`; a text with plurals asks for `count`. */
export function translate({ language, texts }: { language: Language; texts: Texts }): Translate {
  const plural = new Intl.PluralRules(language)
  return (key, values = {}) => {
    const found = texts[key] as Texts[TextKey] | undefined
    if (found === undefined) return ''
    const text =
      typeof found === 'string'
        ? found
        : found[plural.select(Number(values['count'])) === 'one' ? 'one' : 'other']
    return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''))
  }
}

export function useText(): Translate {
  return translate(useLanguage())
}
