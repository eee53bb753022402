// The state of a payment in a list, with the code of its refusal.
import type { FoundPayment } from '@bahi/contracts/look-up.ts'
import type { Translate } from '../language/language.ts'

export const statusText = (t: Translate, { status, code }: Pick<FoundPayment, 'status' | 'code'>): string =>
  `${t(`payments.${status}`)}${code ? ` (${code})` : ''}`
