// What becomes of a mandate that another app than ours keeps, or is to keep: it arrives from ours, its payer changes
// it, its payee ends it.
import type { Input, Output } from '@bahi/contracts/call.ts'
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import type { Ac, Message } from '@bahi/contracts/network.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { changeInOtherApp as contract } from '@bahi/contracts/sandbox-ports.ts'
import { ownBank } from '../banks/bank.ts'
import { verifyPin } from '../banks/pin.ts'
import { lockAccount } from '../banks/store.ts'
import { findBankMandate, renameBankMandate, updateBankMandate } from '../banks/store-mandates.ts'
import type { NetworkDeps } from '../sandbox.ts'
import { newTransactionIds } from '../switch/outside-party.ts'
import { inTransaction, type TxContext } from '../switch/transition.ts'
import { askOurBank } from './ask-our-bank.ts'
import { changedBy, showChange } from './payer-mandates.ts'
import { lockMandateWith, updateMandate, type OutsideMandate } from './store.ts'
import {
  lockByUmn,
  lockPayerMandate,
  takeOverDebits,
  updatePayerMandate,
  type PayerMandate,
} from './store-payers.ts'

/** Our app has ported it out, or not, as it stands there. `ac`: of our bank, which has changed its number by now. */
export async function arrived(
  { tx, now }: Pick<TxContext, 'tx' | 'now'>,
  mandate: OutsideMandate,
  {
    isDone,
    ac,
    stands,
  }: { isDone: boolean; ac: Ac | undefined; stands: Message<'RespAuthMandate'>['mandate'] },
): Promise<void> {
  const kept = await lockPayerMandate(tx, mandate.txnId)
  if (kept?.status !== 'arriving' || !kept.arrivingFrom) return
  const { arrivingFrom, umn } = kept
  if (!isDone)
    return updatePayerMandate(tx, { ...kept, status: 'declined', arrivingFrom: null, expiresAt: null })
  const isOurs = kept.payer.bank === ownBank
  const payer = isOurs && ac ? { ...kept.payer, ac } : kept.payer
  const { terms, pause } = isOurs
    ? { terms: stands?.terms ?? mandate.terms, pause: stands?.pause ?? null }
    : (await findBankMandate(tx, arrivingFrom))!
  if (!isOurs) await renameBankMandate(tx, arrivingFrom, umn!)
  await updatePayerMandate(tx, {
    ...{ ...kept, payer, status: 'active', terms, pause, portedAt: now },
    ...{ arrivingFrom: null, expiresAt: null, takenAs: null },
  })
  await updateMandate(tx, { ...mandate, umn, payerAddr: payer.addr, terms })
  await takeOverDebits(tx, mandate.txnId, now)
}

/** Throws `wrong-state`, also while our bank decides about it: an answer to something else would not be heard. */
function changeable(kept: PayerMandate | undefined): PayerMandate {
  if (kept?.status !== 'active') throw new Problem('wrong-state', `the mandate is ${kept?.status}`)
  if (kept.asking) throw new Problem('wrong-state', 'its bank is asked just now')
  return kept
}

/** The payee ends one that another app keeps. Throws `wrong-state`. */
export async function endThere(context: TxContext, mandate: OutsideMandate): Promise<void> {
  const { tx } = context
  const kept = changeable(await lockByUmn(tx, mandate.umn!))
  const bank = await findBankMandate(tx, mandate.umn!)
  if (bank) await updateBankMandate(tx, { ...bank, revokedAt: context.now })
  const revoked: PayerMandate = { ...kept, status: 'revoked' }
  if (kept.payer.bank === ownBank) await askOurBank(context, revoked, { do: 'revoke' })
  else await updatePayerMandate(tx, revoked)
  await updateMandate(tx, { ...mandate, status: 'revoked' })
}

/** The payer does it in that app, with the PIN where it needs one. Throws `not-found`, `wrong-state`. */
export async function changeInOtherApp(
  deps: NetworkDeps,
  { umn, change, pin }: Input<typeof contract>['body'],
): Promise<Output<typeof contract>> {
  const done = await inTransaction(deps, async (context): Promise<{ txnId: string } | { code: string }> => {
    const { tx } = context
    const known = await lockMandateWith(tx, normaliseVpa(umn))
    const kept = await lockByUmn(tx, normaliseVpa(umn))
    if (!kept || kept.payee.isMember)
      throw new Problem('not-found', 'no other app keeps such a mandate of a payee with another app')
    changeable(kept)
    if (kept.payer.bank === ownBank) return { txnId: await askOurBank(context, kept, change, pin) }
    const changed = changedBy(kept, change)
    const needsPin = change.do === 'update' || change.do === 'unpause'
    if (needsPin && pin === undefined) return { code: 'U11' }
    const declined = await changeAtItsBank(deps, context, changed, needsPin ? pin : undefined)
    if (declined !== undefined) return { code: declined }
    await updatePayerMandate(tx, changed)
    await showChange(tx, known, changed, change)
    return newTransactionIds(context, kept.payee)
  })
  if ('txnId' in done) return { txnId: done.txnId }
  // Committed, so that a wrong PIN costs a try.
  throw new Problem('request-not-permitted', `the bank declined it: ${done.code}`)
}

/** @param changed as it is to be at that bank of the sandbox. The code of its refusal, if it refuses. */
async function changeAtItsBank(
  deps: NetworkDeps,
  { tx, now }: TxContext,
  { umn, payer, terms, pause, status }: PayerMandate,
  pin: string | undefined,
): Promise<string | undefined> {
  const accountRef = payer.ac!.acnum
  const account = await lockAccount(tx, payer.bank!, accountRef)
  const found = await findBankMandate(tx, umn!)
  if (!account || found?.accountRef !== accountRef) return 'VF'
  if (found.revokedAt) return 'QC'
  if (pin !== undefined) {
    const { code } = await verifyPin(tx, { deps, account, accountRef, pin, at: now })
    if (code !== '00') return code
  }
  await updateBankMandate(tx, { ...found, terms, pause, revokedAt: status === 'revoked' ? now : null })
  return undefined
}
