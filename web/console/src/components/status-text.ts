// The state of a payment in a list, with the code of its refusal.
import type { FoundPayment } from '@bahi/contracts/look-up.ts'
import type { useText } from '../language/language.ts'

type Translate = ReturnType<typeof useText>

export const statusText = (t: Translate, { status, code }: Pick<FoundPayment, 'status' | 'code'>): string =>
  `${t(`payments.${status}`)}${code ? ` (${code})` : ''}`
