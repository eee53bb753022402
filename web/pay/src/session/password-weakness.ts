// Why a password is refused, said where it is typed; its rules are loaded only there.
import type { Language } from '../language/language.ts'

type About = { phone: string; name?: string }

/** Undefined when it is good; the service says it where its rules cannot be loaded. */
export async function weaknessIn(
  password: string,
  { phone, name = '' }: About,
  language: Language,
): Promise<string | undefined> {
  try {
    const rules = await import('@bahi/contracts/password-rules.ts')
    const weakness = rules.weaknessOf(password, { phone, name })
    return weakness && rules.weaknessTexts[weakness][language]
  } catch {
    return undefined
  }
}
