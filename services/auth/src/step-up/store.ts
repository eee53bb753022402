// Every statement about proofs of step-up.
import type { StepUpPurpose } from '@bahi/contracts/step-up-rules.ts'
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'

type Proof = { hash: Buffer; userId: string; sessionId: string; purpose: StepUpPurpose }

export async function insertProof(tx: Tx, proof: Proof & { expiresAt: Date }): Promise<void> {
  await tx`
    insert into step_up_proofs (hash, user_id, session_id, purpose, expires_at)
    values (${proof.hash}, ${proof.userId}, ${proof.sessionId}, ${proof.purpose}, ${proof.expiresAt})`
}

/** Uses the proof up, for exactly one of concurrent callers; false when it is none for this. */
export async function useProof(
  sql: Queryable,
  { hash, userId, sessionId, purpose }: Proof,
  now: Date,
): Promise<boolean> {
  const used = await sql`
    update step_up_proofs set used_at = ${now}
    where hash = ${hash} and user_id = ${userId} and session_id = ${sessionId} and purpose = ${purpose}
      and used_at is null and expires_at > ${now}`
  return used.count === 1
}
