// What a step-up is for, by what proofs, and for how long one may be used.

const anyProof = ['password', 'code', 'passkey'] as const

/**
 * What a proof is for, and by what it can be given. A code proves the phone, so it is none where the phone itself
 * changes, and staff needs more. A passkey is one wherever a code is: it proves a device, and who unlocked it. The UPI
 * PIN is never one: it is entered for money and balances alone, so that nobody gets used to entering it elsewhere.
 */
const proofsByPurpose = {
  'change-email': anyProof,
  'change-notices': anyProof,
  'change-password': ['password'],
  'change-upi-ids': anyProof,
  'unlink-account': anyProof,
  'loosen-limits': anyProof,
  'connect-app': anyProof,
  'end-sessions': anyProof,
  'close-account': anyProof,
  'export-data': anyProof,
  'view-document': anyProof,
  'change-roles': ['password'],
  'change-phone': ['password'],
  'change-passkeys': ['password'],
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
