// The choice of language, and of light or dark.
import { chooseTheme, useTheme } from '@bahi/web-ui/theme/theme.ts'
import { chooseLanguage, languages, useLanguage, useText, type Language } from '../language/language.ts'

const shape = 'min-h-11 rounded-full border border-line px-3 text-sm font-medium hover:bg-sunk'

export function Preferences() {
  const t = useText()
  const { language } = useLanguage()
  const { isDark } = useTheme()
  const other: Language = language === 'en' ? 'hi' : 'en'
  return (
    <>
      <button type="button" lang={other} className={shape} onClick={() => void chooseLanguage(other)}>
        {languages[other]}
      </button>
      <button type="button" className={shape} onClick={() => chooseTheme(isDark ? 'light' : 'dark')}>
        {t(isDark ? 'theme.light' : 'theme.dark')}
      </button>
    </>
  )
}
