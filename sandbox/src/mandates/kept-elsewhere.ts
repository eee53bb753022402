// What becomes of a mandate that another app than ours keeps, or is to keep: it arrives from ours, its payee ends it.
import { Problem } from '@bahi/contracts/problem.ts'
import { findBankMandate, renameBankMandate, updateBankMandate } from '../banks/store-mandates.ts'
import type { TxContext } from '../switch/transition.ts'
import { updateMandate, type OutsideMandate } from './store.ts'
import { lockByUmn, lockPayerMandate, takeOverDebits, updatePayerMandate } from './store-payers.ts'

/** Our app has let it go, or not. */
export async function arrived(
  { tx, now }: Pick<TxContext, 'tx' | 'now'>,
  mandate: OutsideMandate,
  isDone: boolean,
): Promise<void> {
  const kept = await lockPayerMandate(tx, mandate.txnId)
  if (kept?.status !== 'arriving' || !kept.arrivingFrom) return
  const { arrivingFrom, umn, payer } = kept
  if (!isDone)
    return updatePayerMandate(tx, { ...kept, status: 'declined', arrivingFrom: null, expiresAt: null })
  const bank = (await findBankMandate(tx, arrivingFrom))!
  await renameBankMandate(tx, arrivingFrom, umn!)
  await updatePayerMandate(tx, {
    ...{ ...kept, status: 'active', terms: bank.terms, pause: bank.pause, portedAt: now },
    ...{ arrivingFrom: null, expiresAt: null, takenAs: null },
  })
  await updateMandate(tx, { ...mandate, umn, payerAddr: payer.addr, terms: bank.terms })
  await takeOverDebits(tx, mandate.txnId, now)
}

/** The payee ends one that another app keeps. */
export async function endThere({ tx, now }: TxContext, mandate: OutsideMandate): Promise<void> {
  const kept = await lockByUmn(tx, mandate.umn!)
  if (kept?.status !== 'active') throw new Problem('wrong-state', `the mandate is ${kept?.status}`)
  await updatePayerMandate(tx, { ...kept, status: 'revoked' })
  const bank = await findBankMandate(tx, mandate.umn!)
  if (bank) await updateBankMandate(tx, { ...bank, revokedAt: now })
  await updateMandate(tx, { ...mandate, status: 'revoked' })
}
