// Looks for fraud before a payment begins. Pure rules over what is known of the payment; the first adapter of a seam
// that others, such as a model, can stand beside.
import { withoutInvisible } from '@bahi/contracts/digits.ts'
import type { RiskRules } from '@bahi/contracts/risk-rules.ts'

/** What is known of a payment and its payer. */
export type RiskFeatures = {
  amountPaise: number
  /** Undefined where nobody had to know. */
  isNewPayee: boolean | undefined
  /** Other payees in the minutes before. */
  otherPayees: number
  /** What the payment came from, as in its initiation. */
  origin: string
  /** What its payee may have written: note, name, note of a request. */
  texts: readonly (string | undefined)[]
}

/** A reason such as `risk:new-payee`, and what follows from it. */
export type RiskFinding = { reason: string; decision: 'warn' | 'refuse' }

export type RiskAdapter = {
  /** Stored with each decision. */
  version: string
  find(features: RiskFeatures): RiskFinding[]
}

/** Compared without the differences of case and of spaces, and without what does not show. */
const plain = (text: string) => withoutInvisible(text.normalize('NFKC')).toLowerCase().replace(/\s+/gu, ' ')

export function riskByRules({ version, newPayee, manyPayees, asksToReceive }: RiskRules): RiskAdapter {
  const found = (reason: string, decision: 'warn' | 'refuse' | undefined): RiskFinding[] =>
    decision ? [{ reason: `risk:${reason}`, decision }] : []
  return {
    version,
    find({ amountPaise, isNewPayee, otherPayees, origin, texts }) {
      const text = plain(texts.filter((one) => one !== undefined).join(' | '))
      const isWritten = asksToReceive.origins.includes(origin)
      const says = (words: readonly string[]) => isWritten && words.some((word) => text.includes(word))
      return [
        ...found(
          'asks-to-receive',
          says(asksToReceive.refuse) ? 'refuse' : says(asksToReceive.warn) ? 'warn' : undefined,
        ),
        ...found(
          'many-payees',
          otherPayees >= manyPayees.refuseFrom
            ? 'refuse'
            : otherPayees >= manyPayees.warnFrom
              ? 'warn'
              : undefined,
        ),
        ...found(
          'new-payee',
          isNewPayee === true && amountPaise >= newPayee.warnFromPaise ? 'warn' : undefined,
        ),
      ]
    },
  }
}
