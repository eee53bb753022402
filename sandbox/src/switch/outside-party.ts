// What every transaction begins with that a customer of another bank begins.
import { normaliseVpa, txnIdOf } from '@bahi/contracts/formats.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import type { WireParty } from '@bahi/contracts/network.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { prefixOf } from '../banks/bank.ts'
import { resolveAddress } from '../banks/resolve-addresses.ts'
import { rrnOf } from './rrn.ts'
import { nextRrn } from './store.ts'
import type { Party } from './transaction.ts'
import type { TxContext } from './transition.ts'

/** Throws `not-found` when no customer of another bank has the UPI ID. */
export async function outsideParty({ tx }: TxContext, side: 'payer' | 'payee', vpa: string): Promise<Party> {
  const found = await resolveAddress(tx, vpa)
  if (!found) throw new Problem('not-found', `no customer of another bank has the ${side}’s UPI ID`)
  return found
}

/** The ids of a transaction that the app of the party's bank begins. */
export async function newTransactionIds(
  { tx, now }: TxContext,
  { bank }: Party,
): Promise<{ txnId: string; rrn: string }> {
  const txnId = txnIdOf(prefixOf(bank!), uuidv7(now.getTime()))
  return { txnId, rrn: rrnOf(now, await nextRrn(tx)) }
}

type WithoutAmount = Omit<WireParty, 'amount'>

/** The party whose app begins it, as the switch is told. */
export const knownParty = ({ addr, name, type, code, ac }: Party): WithoutAmount => ({
  ...{ addr, name, type, code },
  ...(ac ? { ac } : {}),
})

/** The other party, whom the switch resolves. */
export const unknownParty = (vpa: string): WithoutAmount => ({
  ...{ addr: normaliseVpa(vpa), name: '', type: 'PERSON', code: '0000' },
})
