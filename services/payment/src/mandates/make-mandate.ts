// Makes mandates: by the payer, with the PIN, or asked for by the payee. The id makes it idempotent.
import { createHash } from 'node:crypto'
import type { MandateOrder } from '@bahi/contracts/codes/mandate-order.ts'
import { mandateReferenceOf } from '@bahi/contracts/initiation.ts'
import type { BankOperation } from '@bahi/contracts/bank-mandates.ts'
import type { Input } from '@bahi/contracts/call.ts'
import { accountIn, normaliseVpa, txnIdOf } from '@bahi/contracts/formats.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { isPlannable, mandateRulesAt, termsFault, type MandateTerms } from '@bahi/contracts/mandate-rules.ts'
import type {
  createMandate as createContract,
  requestMandate as requestContract,
} from '@bahi/contracts/mandates.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { istDateOf } from '@bahi/contracts/recurrence.ts'
import { schedule } from '@bahi/kit/due-work/due-work.ts'
import { retryRaces, type Tx } from '@bahi/kit/sql/sql.ts'
import { isAgreedTo } from '../codes/store.ts'
import { agreeableAs, mandateIn, type VerifyCode } from '../codes/verify-code.ts'
import { dayMs } from '../limits/limits.ts'
import { lockPayers } from '../limits/store.ts'
import { checkNewId, invalidField } from '../payments/client-input.ts'
import type { TakeName } from '../payments/name-quota.ts'
import { payerOf } from '../payments/payment.ts'
import { payeeIn, payerIn, unreachable, type PartyResolver } from '../payments/resolve.ts'
import type { RrnOf } from '../payments/rrn.ts'
import { nextRrnSequence } from '../payments/store-network.ts'
import { areBlocked } from '../people/store.ts'
import { refuseStopped } from '../stops/stops.ts'
import { askKind } from './ask-elsewhere.ts'
import { factsOf, isPayerElsewhere, type Mandate, type NetworkOrigin } from './mandate.ts'
import { begin, drive, type OperateDeps } from './operate.ts'
import {
  countAsked,
  countLive,
  findMandate,
  insertMandate,
  isOfAnother,
  lockMandates,
  type StoredMandate,
} from './store.ts'
import { record, scheduleEnd } from './work.ts'

export type MandateDeps = OperateDeps & {
  parties: PartyResolver
  txnPrefix: string
  rrnOf: RrnOf
  verifyCode: VerifyCode
  takeName: TakeName
}

type Wanted = Input<typeof requestContract>['body']

/**
 * The mandate as the bank decided: active, failed, or with its operation open while the outcome is not known. Throws
 * `not-found`, `request-invalid`, `id-reused`, `id-out-of-range`, `rate-limited`, `bank-unreachable`,
 * and the problems of codes.
 */
export async function createMandate(
  deps: MandateDeps,
  userId: string,
  anyCaseId: string,
  { pin, code, ...body }: Input<typeof createContract>['body'],
): Promise<Mandate> {
  const id = anyCaseId.toLowerCase()
  const hash = hashOf('payer', body, code)
  const before = await findMandate(deps.sql, id)
  if (before) return sameOne(before, before.mandate.payer.userId === userId, hash)
  const byCode = code === undefined ? {} : await agreedBy(deps, code, body)
  const mandate = { ...(await resolve(deps, id, body, { userId, side: 'payer' })), ...byCode }
  const operation = creationOf(mandate, deps.clock.now())
  const stored = await retryRaces(() =>
    deps.transaction(async (tx) => {
      const existing = await findUnder(tx, mandate, userId)
      if (existing) return sameOne(existing, existing.mandate.payer.userId === userId, hash)
      await refuseStoppedMandate(tx, mandate)
      await checkLive(tx, userId, mandate.createdAt)
      await checkOrder(tx, mandate)
      await insertMandate(tx, mandate, hash)
      return begin(tx, mandate, operation, mandate.createdAt)
    }),
  )
  return stored.version === 0 && stored.operations === 1 ? drive(deps, stored, operation, pin) : stored
}

/** A payee whose code is agreed to presents its debits. Throws the problems of codes, and `request-invalid`. */
async function agreedBy(
  { verifyCode, clock }: Pick<MandateDeps, 'verifyCode' | 'clock'>,
  code: string,
  { payeeVpa, name, terms }: Wanted,
): Promise<{ initiation: MandateOrder['initiation']; presentedBy: 'payee' }> {
  const order = mandateIn(code, clock.now())
  const field = agreeableAs(order, { payeeVpa: normaliseVpa(payeeVpa), name, terms })
  if (field) throw invalidField(`/body/${field}`, 'is not that of the code')
  await verifyCode(code)
  return { initiation: order.initiation, presentedBy: 'payee' }
}

/** Of two at once the second violates the index that this looks into, and is tried again. */
async function checkOrder(tx: Tx, { payee, initiation }: Mandate): Promise<void> {
  const reference = initiation && mandateReferenceOf(initiation)
  if (reference !== undefined && (await isAgreedTo(tx, payee.vpa, reference))) throw new Problem('code-used')
}

/** Throws as `createMandate`, and `request-not-permitted` to whom the payer has blocked, or cannot be asked. */
export async function requestMandate(
  deps: MandateDeps,
  userId: string,
  anyCaseId: string,
  body: Wanted,
): Promise<Mandate> {
  const id = anyCaseId.toLowerCase()
  const hash = hashOf('payee', body)
  const before = await findMandate(deps.sql, id)
  if (before) return sameOne(before, before.mandate.payee.userId === userId, hash)
  const found = await resolve(deps, id, body, { userId, side: 'payee' })
  const { answerMinutes } = mandateRulesAt(found.createdAt)
  const expiresAt = new Date(found.createdAt.getTime() + answerMinutes * 60_000)
  const mandate: Mandate = { ...found, presentedBy: 'payee', expiresAt }
  return retryRaces(() =>
    deps.transaction(async (tx) => {
      const existing = await findUnder(tx, mandate, userId)
      if (existing) return sameOne(existing, existing.mandate.payee.userId === userId, hash)
      await refuseStoppedMandate(tx, mandate)
      await checkAsked(tx, mandate, userId)
      await insertMandate(tx, mandate, hash)
      // The network alone knows whether a payer elsewhere has agreed in time.
      if (isPayerElsewhere(mandate))
        await schedule(tx, [{ kind: askKind, key: id, dueAt: mandate.createdAt }])
      else await scheduleEnd(tx, mandate)
      const data = { ...factsOf(mandate), terms: mandate.terms, expiresAt: expiresAt.toISOString() }
      return record(tx, mandate, { type: 'payment.mandate-requested', data }, mandate.createdAt)
    }),
  )
}

/** What the bank is asked to authorise. */
export function creationOf(mandate: Mandate, now: Date): Extract<BankOperation, { type: 'create' }> {
  const { id, payee, terms } = mandate
  const payer = payerOf(mandate)
  const payeeAccountId = payee.accountId
  if (terms.blockFunds && payeeAccountId === undefined)
    throw invalidField('/body/terms/blockFunds', 'money is reserved for payees of this platform only')
  return {
    ...{ type: 'create', mandateId: id, userId: payer.userId, payeeVpa: payee.vpa, terms },
    ...(terms.blockFunds
      ? { block: { payeeAccountId: payeeAccountId!, holdId: uuidv7(now.getTime()) } }
      : {}),
  }
}

/** The mandate that has this id already. Locks the person who makes it: no two of theirs are counted at once. */
async function findUnder(tx: Tx, { id }: Mandate, userId: string): Promise<StoredMandate | undefined> {
  await lockPayers(tx, [userId])
  await lockMandates(tx, [id])
  const found = await findMandate(tx, id)
  // Its number would be that of another one, which its payer can move here.
  if (!found && (await isOfAnother(tx, id))) throw new Problem('id-reused')
  return found
}

/** Under the payer's lock. Throws `rate-limited` for one too many. */
export async function checkLive(tx: Tx, payerUserId: string, at: Date): Promise<void> {
  const { maxLive } = mandateRulesAt(at)
  if ((await countLive(tx, payerUserId)) >= maxLive)
    throw new Problem('rate-limited', `one person can have ${maxLive} mandates at once`)
}

/** Throws `payments-stopped`. */
export function refuseStoppedMandate(tx: Tx, { payer, payee }: Mandate): Promise<void> {
  const acrossBanks = payer.userId === undefined || payee.userId === undefined
  return refuseStopped(tx, { kind: 'mandates', acrossBanks, vpas: [payer.vpa, payee.vpa] })
}

/** Under the payee's lock. */
async function checkAsked(
  tx: Tx,
  { payer, payee, mcc, createdAt }: Mandate,
  payeeUserId: string,
): Promise<void> {
  const [isBlocked] = await areBlocked(tx, [{ of: payer, by: payee }])
  if (isBlocked) throw new Problem('request-not-permitted', 'this person takes no requests from you')
  const { maxOpenPerPayer, personsPerDay } = mandateRulesAt(createdAt).requests
  const since = new Date(createdAt.getTime() - dayMs)
  const { made, open } = await countAsked(tx, payeeUserId, payer, since)
  if (open >= maxOpenPerPayer)
    throw new Problem('rate-limited', `${open} of your requests to this person are open: wait for an answer`)
  if (mcc === '0000' && made >= personsPerDay)
    throw new Problem('rate-limited', `${personsPerDay} mandates can be asked for in a day`)
}

function sameOne({ mandate, inputHash }: StoredMandate, isTheirs: boolean, hash: string): Mandate {
  if (!isTheirs || inputHash !== hash) throw new Problem('id-reused')
  return mandate
}

async function resolve(
  deps: MandateDeps,
  id: string,
  body: Wanted,
  who: { userId: string; side: 'payer' | 'payee' },
): Promise<Mandate> {
  const now = deps.clock.now()
  checkNewId(id, now, 'mandate')
  await deps.takeName(who.userId)
  const payeeVpa = normaliseVpa(body.payeeVpa)
  const [payer, payee] = await Promise.all([
    deps.parties.payer(normaliseVpa(body.payerVpa)),
    deps.parties.payee(payeeVpa),
  ])
  const own = who.side === 'payer' ? payer : payee
  const other = who.side === 'payer' ? payee : payer
  if (own === unreachable || own?.userId !== who.userId)
    throw new Problem('not-found', 'that is no UPI ID of yours')
  if (other === unreachable)
    throw new Problem('bank-unreachable', 'the network does not say who has this UPI ID', { retryAfterS: 30 })
  if (payer === undefined || payer === unreachable || payee === undefined || payee === unreachable)
    throw new Problem('not-found', 'nobody has this UPI ID')
  const { userId } = payer
  if (userId === undefined) checkAskable(deps, body)
  const isAcross = userId === undefined || payee.userId === undefined
  const network = isAcross && deps.network ? await originIn(deps, id) : undefined
  if (userId !== undefined && !payer.onUs && !deps.network)
    throw invalidField('/body/payerVpa', 'names an account at another bank, which is not reached')
  const isSameAccount = payer.bank === payee.bank && payer.accountRef === payee.accountRef
  if (isSameAccount || payee.userId === userId) throw invalidField('/body/payeeVpa', 'is the payer’s own')
  const mcc = payee.mcc ?? '0000'
  const { terms } = body
  const fault = termsFault(terms, mandateRulesAt(now), { today: istDateOf(now), mcc })
  if (fault) throw invalidField(`/body/terms/${fault.field}`, fault.message)
  return {
    ...{ id, version: 0, mcc, terms, name: body.name, status: 'requested', createdAt: now },
    payer: userId === undefined ? payeeIn(normaliseVpa(body.payerVpa), payer) : payerIn(payer, userId),
    ...(network ? { network } : {}),
    payee: payeeIn(payeeVpa, payee),
    presentedBy: isPlannable(terms) ? 'platform' : 'payee',
    ...{ operations: 0, lastSequence: 0, lastPeriod: -1 },
  }
}

/** Whether somebody with another app can be asked for this. */
function checkAskable({ network }: MandateDeps, { payerVpa, terms }: Wanted): void {
  if (!network) throw new Problem('request-not-permitted', 'only people who use this app can be asked')
  if (accountIn(payerVpa)) throw invalidField('/body/payerVpa', 'is no UPI ID that can be asked')
  if (terms.blockFunds)
    throw invalidField('/body/terms/blockFunds', 'money is reserved by payers of this platform only')
}

/** The transaction by which the app of the other side hears of it. */
async function originIn({ txnPrefix, rrnOf, sql, clock }: MandateDeps, id: string): Promise<NetworkOrigin> {
  return { txnId: txnIdOf(txnPrefix, id), rrn: rrnOf(clock.now(), await nextRrnSequence(sql)) }
}

function hashOf(side: 'payer' | 'payee', { payeeVpa, payerVpa, name, terms }: Wanted, code?: string): string {
  const ordered = (value: MandateTerms) => {
    const { dayRule, ...rest } = value
    return [...Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1)), dayRule?.type, dayRule?.day]
  }
  const by = code === undefined ? [] : [code]
  const content = [side, normaliseVpa(payeeVpa), normaliseVpa(payerVpa), name, ordered(terms), ...by]
  return createHash('sha256').update(JSON.stringify(content)).digest('hex')
}
