// The texts of proofs and locks by this device in both languages, loaded with the screens that use them.
import type { Texts } from '@bahi/web-ui/language/translate.ts'
import { useScreenText, type Language } from '../language/language.ts'

const en = {
  'step-up.passkey': 'Use a passkey',
} as const

type PasskeyTextKey = keyof typeof en

const hi: Texts<PasskeyTextKey> = {
  'step-up.passkey': 'पासकी इस्तेमाल करें',
}

export const passkeyTexts = { en, hi } satisfies Record<Language, Texts<PasskeyTextKey>>

export const usePasskeyText = () => useScreenText(passkeyTexts)
