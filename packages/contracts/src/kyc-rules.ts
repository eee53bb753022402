// Rules of KYC as dated data: what each tier needs, how long it lasts, and what files may be.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import type { FurtherLimit } from './limits.ts'
import { rulesAt } from './rules.ts'

/** What of a person is verified. `minimum`: name and PAN; `full`: the address and the face as well. */
export const KycTier = Type.Enum(['minimum', 'full'])
export type KycTier = Static<typeof KycTier>
/** Of a payer; `none`: nothing is verified. */
export type PayerTier = 'none' | KycTier

export const KycDocumentKind = Type.Enum(['pan', 'address', 'selfie'])
export type KycDocumentKind = Static<typeof KycDocumentKind>

export const kycFileTypes = ['image/jpeg', 'image/png', 'image/webp', 'application/pdf'] as const

type TierRules = {
  documents: readonly KycDocumentKind[]
  needsAddress: boolean
  /** After which it has to be done again. */
  validDays: number
}

export type KycRules = {
  effectiveFrom: string
  minimumAge: number
  tiers: Readonly<Record<KycTier, TierRules>>
  /** Of a person in a rolling day: submissions that they begin, and files that they send. */
  submissionsPerDay: number
  filesPerDay: number
  /** Of one file: what it may unpack to, and its pages. */
  maxPixels: number
  maxPages: number
  /** After which a draft is deleted that nobody changes. */
  draftDays: number
  /** After which a submission goes back to the queue that a reviewer has claimed and not decided. */
  claimHours: number
  /** Days before its end on which a person is reminded to do it again. */
  remindDays: readonly number[]
  /** Score of a name from which it counts as the bank's, of 100. */
  nameScore: number
  /** Of payers of a tier, where payments are limited by it (`BAHI_KYC_LIMITS`). */
  limits: readonly FurtherLimit[]
}

/**
 * Newest last. A change is a new row with its date, never an edit. Amounts and the two years of a minimum KYC are those
 * of prepaid instruments (RBI, Master Directions on PPIs, 27 August 2021, 9.1); ten years are for customers of low risk
 * (RBI, KYC Master Direction, 38). UPI itself has none: a payer's bank has verified them.
 */
export const kycRules: readonly KycRules[] = [
  {
    effectiveFrom: '2025-06-30T00:00:00+05:30',
    minimumAge: 18,
    tiers: {
      minimum: { documents: ['pan'], needsAddress: false, validDays: 730 },
      full: { documents: ['pan', 'address', 'selfie'], needsAddress: true, validDays: 3_650 },
    },
    submissionsPerDay: 5,
    filesPerDay: 40,
    maxPixels: 40_000_000,
    maxPages: 10,
    draftDays: 90,
    claimHours: 24,
    remindDays: [30, 7],
    nameScore: 85,
    limits: [
      {
        name: 'kyc-none',
        tiers: ['none'],
        limits: { perTransactionPaise: 5_000_00, perMonthPaise: 10_000_00 },
      },
      { name: 'kyc-minimum', tiers: ['minimum'], limits: { perMonthPaise: 2_00_000_00 } },
    ],
  },
]

export const kycRulesAt = (at: Date): KycRules => rulesAt(kycRules, at)

/** How far a tier reaches: the higher one includes the lower. */
export const tierRank: Readonly<Record<PayerTier, number>> = { none: 0, minimum: 1, full: 2 }

/** The setting of the services that limit payments by tier, and say so. */
export const KycLimitsConfig = {
  BAHI_KYC_LIMITS: Type.Boolean({
    default: false,
    description:
      'Whether payments are limited by the KYC tier of the payer, as `packages/contracts/src/kyc-rules.ts` says.',
  }),
}
