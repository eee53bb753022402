// Rules that look for fraud before a payment begins, as dated data: what they warn of and what they refuse.
import { rulesAt } from './rules.ts'

export type RiskRules = {
  effectiveFrom: string
  /** Of this set of rules; stored with each decision. */
  version: string
  /** Somebody whom the payer did not pay in these days before the last hours; a large amount to them is warned of. */
  newPayee: { knownDays: number; forHours: number; warnFromPaise: number }
  /** Different other payees within so many minutes before. */
  manyPayees: { minutes: number; warnFrom: number; refuseFrom: number }
  /**
   * A PIN only ever sends money. What somebody else wrote (a request, a code, a link) and that speaks of receiving is
   * warned of; what asks for it in so many words is refused. Lower case, parts of the text.
   */
  asksToReceive: { origins: readonly string[]; warn: readonly string[]; refuse: readonly string[] }
}

const first: RiskRules = {
  effectiveFrom: '2025-06-30T00:00:00+05:30',
  version: '1',
  newPayee: { knownDays: 90, forHours: 24, warnFromPaise: 10_000_00 },
  manyPayees: { minutes: 5, warnFrom: 5, refuseFrom: 15 },
  asksToReceive: {
    origins: ['request', 'qr', 'intent'],
    warn: ['cashback', 'refund', 'prize', 'lottery', 'reward', 'winner', 'कैशबैक', 'रिफंड', 'इनाम', 'लॉटरी'],
    refuse: [
      ...['to receive', 'pin to get', 'enter pin', 'enter upi pin', 'claim your', 'receive money'],
      ...['पाने के लिए', 'पिन डालें', 'पैसे पाने', 'प्राप्त करने के लिए'],
    ],
  },
}

/** Newest last; a change is a new row with its date and version. Patterns that banks and NPCI warn people of. */
export const riskRules: readonly RiskRules[] = [
  first,
  {
    ...first,
    ...{ effectiveFrom: '2026-11-27T00:00:00+05:30', version: '2' },
    asksToReceive: { ...first.asksToReceive, origins: ['request', 'qr', 'picture', 'intent'] },
  },
]

export const riskRulesAt = (at: Date): RiskRules => rulesAt(riskRules, at)
