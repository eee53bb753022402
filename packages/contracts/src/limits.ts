// Limits of payments as dated data, by scope: everybody, and categories of merchants. Amounts in paise.
import { rulesAt } from './rules.ts'

/** What may not be exceeded; a field left out is not limited by this scope. Days are rolling, of 24 hours. */
export type Limits = { perTransactionPaise?: number; perDayPaise?: number; perDayCount?: number }

export type LimitRules = {
  effectiveFrom: string
  /** Between people, and to merchants of no category below. */
  everybody: Required<Limits>
  /**
   * By name. Payments to merchants of these categories, verified by their PSP, count by themselves: against these
   * limits instead of those of everybody.
   */
  categories: Readonly<Record<string, { mccs: readonly string[]; limits: Limits }>>
}

const category = (mccs: string[], perTransactionPaise: number, perDayPaise?: number) => ({
  mccs,
  limits: { perTransactionPaise, ...(perDayPaise === undefined ? {} : { perDayPaise }) },
})
const everybody = { perTransactionPaise: 1_00_000_00, perDayPaise: 1_00_000_00, perDayCount: 20 }

/**
 * Newest last. A change of the rules is a new row with its date, never an edit. A bank may add rows of its own.
 * Categories: NPCI's circular of 28 August 2025 (in force 15 September), and its earlier ones of taxes, hospitals and
 * education; MCCs by ISO 18245.
 */
export const limitRules: readonly LimitRules[] = [
  { effectiveFrom: '2025-06-30T00:00:00+05:30', everybody, categories: {} },
  {
    effectiveFrom: '2025-09-15T00:00:00+05:30',
    everybody,
    categories: {
      'capital-markets': category(['6211'], 5_00_000_00, 10_00_000_00),
      insurance: category(['5960', '6300'], 5_00_000_00, 10_00_000_00),
      travel: category(['4112', '4511', '4722'], 5_00_000_00, 10_00_000_00),
      government: category(['9399'], 5_00_000_00, 10_00_000_00),
      jewellery: category(['5944'], 2_00_000_00, 6_00_000_00),
      taxes: category(['9311'], 5_00_000_00),
      hospitals: category(['8062'], 5_00_000_00),
      education: category(['8211', '8220', '8249'], 5_00_000_00),
    },
  },
]

/** The name of the category whose limits count for a merchant; undefined: those of everybody do. */
export function limitCategoryOf(rules: LimitRules, mcc: string | undefined): string | undefined {
  return Object.entries(rules.categories).find(([, { mccs }]) => mccs.includes(mcc ?? '0000'))?.[0]
}

export const limitRulesAt = (at: Date): LimitRules => rulesAt(limitRules, at)
