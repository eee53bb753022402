// What becomes of a mandate that another app than ours keeps, or is to keep: it arrives from ours, its payee ends it.
import type { Ac } from '@bahi/contracts/network.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { ownBank } from '../banks/bank.ts'
import { findBankMandate, renameBankMandate, updateBankMandate } from '../banks/store-mandates.ts'
import { newHead, type TxContext } from '../switch/transition.ts'
import { send } from './answers.ts'
import { updateMandate, type OutsideMandate } from './store.ts'
import { lockByUmn, lockPayerMandate, takeOverDebits, updatePayerMandate } from './store-payers.ts'

/** Our app has let it go, or not. `ac`: of our bank, which has changed its number by now. */
export async function arrived(
  { tx, now }: Pick<TxContext, 'tx' | 'now'>,
  mandate: OutsideMandate,
  { isDone, ac }: { isDone: boolean; ac: Ac | undefined },
): Promise<void> {
  const kept = await lockPayerMandate(tx, mandate.txnId)
  if (kept?.status !== 'arriving' || !kept.arrivingFrom) return
  const { arrivingFrom, umn } = kept
  if (!isDone)
    return updatePayerMandate(tx, { ...kept, status: 'declined', arrivingFrom: null, expiresAt: null })
  const isOurs = kept.payer.bank === ownBank
  const payer = isOurs && ac ? { ...kept.payer, ac } : kept.payer
  const { terms, pause } = isOurs
    ? { terms: mandate.terms, pause: null }
    : (await findBankMandate(tx, arrivingFrom))!
  if (!isOurs) await renameBankMandate(tx, arrivingFrom, umn!)
  await updatePayerMandate(tx, {
    ...{ ...kept, payer, status: 'active', terms, pause, portedAt: now },
    ...{ arrivingFrom: null, expiresAt: null, takenAs: null },
  })
  await updateMandate(tx, { ...mandate, umn, payerAddr: payer.addr, terms })
  await takeOverDebits(tx, mandate.txnId, now)
}

/** The payee ends one that another app keeps. */
export async function endThere({ tx, now }: TxContext, mandate: OutsideMandate): Promise<void> {
  const kept = await lockByUmn(tx, mandate.umn!)
  if (kept?.status !== 'active') throw new Problem('wrong-state', `the mandate is ${kept?.status}`)
  await updatePayerMandate(tx, { ...kept, status: 'revoked' })
  const bank = await findBankMandate(tx, mandate.umn!)
  if (bank) await updateBankMandate(tx, { ...bank, revokedAt: now })
  if (kept.payer.bank === ownBank) await reportToOurBank({ tx, now }, mandate)
  await updateMandate(tx, { ...mandate, status: 'revoked' })
}

function reportToOurBank(
  { tx, now }: Pick<TxContext, 'tx' | 'now'>,
  { txnId, rrn, umn, name, terms }: OutsideMandate,
): Promise<void> {
  const about = { id: txnId, custRef: rrn, ts: now.toISOString(), type: 'REVOKE', umn: umn! } as const
  const message = {
    api: 'ReqMandateConfirmation',
    head: newHead(now),
    txn: about,
    mandate: { name, terms },
  } as const
  return send({ tx, now }, txnId, message, { endpoint: 'bank' })
}
