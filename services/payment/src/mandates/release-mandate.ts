// Another app takes a mandate of our payer over, with the PIN that its bank checks: here it ends, and nothing of it is
// debited by us any more.
import { appOf, umnOf } from '@bahi/contracts/umn.ts'
import { mandateRulesAt, portableAfter } from '@bahi/contracts/mandate-rules.ts'
import type { Message } from '@bahi/contracts/network.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { attemptOf, isBeingMade, type Mandate } from './mandate.ts'
import { apply, begin, drive, pendingOf, type OperateDeps } from './operate.ts'
import { findOperation } from './store.ts'
import { openDebits } from './store-debits.ts'

/** UPI codes of why it stays here. `beingMade`: the other app asks again. */
const codes = {
  ...{ malformed: 'ZD', beingMade: 'U01', over: 'QD', revoked: 'QC', tooSoon: 'Z7', noPin: 'U11' },
  never: 'XB',
}

type Wanted = Pick<Message<'ReqAuthMandate'>, 'payer' | 'mandate'>

/** Of an account at another bank, which has found the PIN right. `00`: it is the other app's. Repeatable. */
export async function releaseMandate(tx: Tx, mandate: Mandate, wanted: Wanted, now: Date): Promise<string> {
  const toUmn = numberThere(mandate, wanted)
  if (toUmn === undefined) return codes.malformed
  if (mandate.status === 'ported') return '00'
  const code = await refusalOf(tx, mandate, now)
  if (code !== undefined) return code
  await apply(tx, mandate, { type: 'release', toUmn }, now)
  return '00'
}

/** Of an account at our bank, which has to check the PIN: a code, or the mandate with that operation in progress. */
export async function beginRelease(
  tx: Tx,
  mandate: Mandate,
  wanted: Wanted,
  now: Date,
): Promise<string | Mandate> {
  const toUmn = numberThere(mandate, wanted)
  if (toUmn === undefined) return codes.malformed
  if (mandate.status === 'ported') return '00'
  if ((await releasedTo(tx, mandate)) === toUmn) return mandate
  const code = await refusalOf(tx, mandate, now)
  if (code !== undefined) return code
  return pinOf(wanted) === undefined ? codes.noPin : begin(tx, mandate, { type: 'release', toUmn }, now)
}

/** What the bank decided of it. Throws `unavailable` while that is not known: the network asks again. */
export async function driveRelease(deps: OperateDeps, begun: Mandate, wanted: Wanted): Promise<string> {
  const nth = begun.pendingOperation!
  const toUmn = numberThere(begun, wanted)!
  const pin = pinOf(wanted)
  // Asked again without the PIN: what became of it is being resolved.
  if (pin !== undefined) await drive(deps, begun, { type: 'release', toUmn }, pin)
  const done = await findOperation(deps.sql, begun.id, nth)
  if (done && done.code === null) throw new Problem('unavailable', 'the bank has not decided it yet')
  return done?.code ?? codes.never
}

/** The number that it is to have with another app, if that is being decided. */
export async function releasedTo(
  tx: Tx,
  mandate: Pick<Mandate, 'id' | 'pendingOperation'>,
): Promise<string | undefined> {
  const operation = await pendingOf(tx, mandate)
  return operation?.type === 'release' ? operation.toUmn : undefined
}

function numberThere({ id, payer }: Mandate, { mandate: { payerAddr } }: Wanted): string | undefined {
  const to = payerAddr === undefined ? undefined : appOf(payerAddr)
  return to === undefined || to === appOf(payer.vpa) ? undefined : umnOf(id, to)
}

const pinOf = ({ payer: { creds } }: Wanted): string | undefined =>
  creds?.type === 'PIN' ? creds.data : undefined

async function refusalOf(tx: Tx, mandate: Mandate, now: Date): Promise<string | undefined> {
  const { status, pendingOperation, terms, ported } = mandate
  if (status !== 'active') return status === 'revoked' ? codes.revoked : codes.over
  // Its bank decides just now what it is, or from which account it debits.
  if (pendingOperation !== undefined) return codes.beingMade
  const rules = mandateRulesAt(now)
  if (terms.blockFunds || rules.portEveryDays === undefined) return codes.over
  const after = portableAfter(rules, ported?.at)
  if (after && after > now) return codes.tooSoon
  const open = await openDebits(tx, mandate.id)
  return open.some((debit) => isBeingMade(mandate, debit) || attemptOf(debit)) ? codes.beingMade : undefined
}
