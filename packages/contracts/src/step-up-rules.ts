// What a step-up is for, by what proofs, and for how long one may be used.

/**
 * What a proof is for, and by what it can be given. A code proves the phone, so it is none where the phone itself
 * changes, and staff needs more. The UPI PIN is never one: it is entered for money and balances alone, so that nobody
 * gets used to entering it elsewhere.
 */
const proofsByPurpose = {
  'change-email': ['password', 'code'],
  'change-notices': ['password', 'code'],
  'change-password': ['password'],
  'change-upi-ids': ['password', 'code'],
  'unlink-account': ['password', 'code'],
  'loosen-limits': ['password', 'code'],
  'connect-app': ['password', 'code'],
  'end-sessions': ['password', 'code'],
  'close-account': ['password', 'code'],
  'export-data': ['password', 'code'],
  'view-document': ['password', 'code'],
  'change-roles': ['password'],
  'change-phone': ['password'],
} as const

export type StepUpPurpose = keyof typeof proofsByPurpose
export type ProofKind = (typeof proofsByPurpose)[StepUpPurpose][number]

export const stepUpPurposes = Object.keys(proofsByPurpose) as StepUpPurpose[]

export function proofsFor(purpose: StepUpPurpose): readonly ProofKind[] {
  return proofsByPurpose[purpose]
}

/** How long a proof may be used after it was given. */
export const proofLifeS = 5 * 60

/**
 * Of a contract: its changes need a proof for this purpose, all of them (`always`, before its handler runs) or those
 * that its handler finds to need one (`when-asked`). The body has it as `stepUp`.
 */
export type StepUpDemand = { for: StepUpPurpose; demand: 'always' | 'when-asked' }
