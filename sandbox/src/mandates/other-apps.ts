// Mandates across apps: what other apps keep for their customers, at the banks of the sandbox; how one leaves for our
// app, and is asked for from it.
import type { Input, Output } from '@bahi/contracts/call.ts'
import { mandateIdIn, umnOf } from '@bahi/contracts/umn.ts'
import { normaliseVpa, splitVpa } from '@bahi/contracts/formats.ts'
import { mandateRulesAt, portableAfter, termsFault } from '@bahi/contracts/mandate-rules.ts'
import type { Creds } from '@bahi/contracts/network.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { istDateOf } from '@bahi/contracts/recurrence.ts'
import type * as contracts from '@bahi/contracts/sandbox-ports.ts'
import { otherBanks, ownBank, ownIfsc, pspOf } from '../banks/bank.ts'
import { verifyPin } from '../banks/pin.ts'
import { resolveAddress } from '../banks/resolve-addresses.ts'
import { lockAccount } from '../banks/store.ts'
import {
  findBankMandate,
  insertBankDebit,
  insertBankMandate,
  updateBankMandate,
} from '../banks/store-mandates.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import type { NetworkDeps } from '../sandbox.ts'
import { newTransactionIds, outsideParty } from '../switch/outside-party.ts'
import type { Party } from '../switch/transaction.ts'
import { inTransaction, newMsgId, type TxContext } from '../switch/transition.ts'
import { askOurBank } from './ask-our-bank.ts'
import { isKeptElsewhere, send } from './outside-mandates.ts'
import { isMoving, newUmn } from './payer-mandates.ts'
import { insertMandate, lockMandate, lockMandateWith, type OutsideMandate } from './store.ts'
import {
  heldPayerMandates,
  insertPayerMandate,
  isUnanswered,
  lockByUmn,
  lockPayerMandate,
  lockUnanswered,
  payerDebits,
  updatePayerMandate,
  type PayerDebit,
  type PayerMandate,
} from './store-payers.ts'

/** UPI codes of why it is not ported out. */
const codes = { unknown: 'VF', revoked: 'QC', over: 'QD', tooSoon: 'Z7', beingMade: 'U01', late: 'XB' }

/** An app that does not answer is asked again. */
const againMs = 60_000

const bankOf = ({ bank }: Party) => otherBanks.find(({ code }) => code === bank)
/** The app that issued the UPI ID: each of the other banks has one. */
const appOf = ({ addr }: Pick<Party, 'addr'>) => otherBanks.find(({ code }) => code === pspOf(addr))

export async function listHeld(
  { sql, clock }: NetworkDeps,
  { accounts }: Input<typeof contracts.listHeld>['body'],
): Promise<Output<typeof contracts.listHeld>> {
  const found = await heldPayerMandates(
    sql,
    accounts.map(({ accountRef }) => accountRef),
  )
  const rules = mandateRulesAt(clock.now())
  return {
    held: found.flatMap((one) => {
      const { payer, payee, umn, name, terms, pause, txnId, rrn } = one
      const accountRef = payer.ac!.acnum
      const [app, bank] = [appOf(payer), payer.bank!]
      if (!app || !accounts.some((asked) => asked.bank === bank && asked.accountRef === accountRef)) return []
      const after = portableAfter(rules, one.portedAt ?? undefined)
      return {
        ...{ umn: umn!, app: app.name, payerVpa: payer.addr, payee: { vpa: payee.addr, name: payee.name } },
        ...{
          name,
          terms,
          ...(pause ? { pause } : {}),
          bank,
          accountRef,
          mcc: payee.code,
          txnId,
          rrn,
        },
        ...(after && after > clock.now() ? { portableAfter: after.toISOString() } : {}),
      }
    }),
  }
}

type PortRequest = Input<typeof contracts.requestPort>['body']
type PortOut = Output<typeof contracts.requestPort>

/** Until it knows how the bank decided, the app that ports it out makes no debit. The same try gets the same answer. */
export function portOut(deps: NetworkDeps, request: PortRequest): Promise<PortOut> {
  return inTransaction(deps, async ({ tx, now }): Promise<PortOut> => {
    const [fromUmn, toUmn] = [normaliseVpa(request.fromUmn), normaliseVpa(request.toUmn)]
    const mandate = await lockByUmn(tx, fromUmn)
    const debits = mandate ? await payerDebits(tx, mandate.txnId) : []
    const refused = (code: string): PortOut => ({ code, lastSequence: 0, debits: [] })
    const { payer } = mandate ?? {}
    if (!mandate || payer?.bank !== request.bank || payer.ac?.acnum !== request.accountRef)
      return refused(codes.unknown)
    const isSame = isMoving(mandate) && mandate.takenAs === toUmn && mandate.takenNth === request.nth
    if (!isSame) {
      if ((mandate.takenNth ?? 0) >= request.nth && mandate.takenAs === toUmn) return refused(codes.late)
      // Its bank decides just now how it stands.
      if (mandate.asking) return refused(codes.beingMade)
      const code = refusalOf(mandate, toUmn, now)
      if (code !== undefined) return refused(code)
      if (debits.some(({ status }) => status === 'being-made')) return refused(codes.beingMade)
      await updatePayerMandate(tx, { ...mandate, status: 'leaving', takenAs: toUmn, takenNth: request.nth })
      if (mandate.payee.isMember && payer.bank !== ownBank) await keepAtBank(tx, mandate, debits)
    }
    return {
      ...{ code: '00', lastSequence: debits.at(-1)?.sequence ?? 0 },
      debits: debits
        .filter(({ status }) => status === 'noticed')
        .map(({ sequence, amountPaise, dueOn, noticedAt }) => {
          return { sequence, amountPaise, dueOn, noticedAt: noticedAt.toISOString() }
        }),
    }
  })
}

/** What one of its own customers gave a payee of ours the bank has left to its app; now another one is to keep it. */
async function keepAtBank(
  tx: Tx,
  { umn, payer, payee, terms, pause }: PayerMandate,
  debits: PayerDebit[],
): Promise<void> {
  const about = {
    umn: umn!,
    accountRef: payer.ac!.acnum,
    mandateId: mandateIdIn(umn!)!,
    payeeAddr: payee.addr,
  }
  const known = { ...about, terms, pause, revokedAt: null }
  if (!(await findBankMandate(tx, umn!))) await insertBankMandate(tx, known)
  await updateBankMandate(tx, known)
  for (const { sequence, amountPaise, status, txnId } of debits)
    if (status === 'made') await insertBankDebit(tx, { umn: umn!, sequence, amountPaise, txnId: txnId! })
}

function refusalOf(
  { status, terms, takenAs, portedAt }: PayerMandate,
  toUmn: string,
  now: Date,
): string | undefined {
  if (status === 'revoked') return codes.revoked
  const isRetaken = status === 'leaving' && takenAs === toUmn
  if ((status !== 'active' && !isRetaken) || terms.validTo < istDateOf(now) || terms.blockFunds)
    return codes.over
  const after = portableAfter(mandateRulesAt(now), portedAt ?? undefined)
  return after && after > now ? codes.tooSoon : undefined
}

/** The outcome of an earlier try changes nothing for a later one. */
export async function closePort(
  deps: NetworkDeps,
  request: Input<typeof contracts.closePort>['body'],
): Promise<void> {
  await inTransaction(deps, async ({ tx, now }) => {
    const mandate = await lockByUmn(tx, normaliseVpa(request.fromUmn))
    if (!mandate || (mandate.takenNth ?? 0) > request.nth || mandate.status === 'ported') return
    const noted = { ...mandate, takenAs: normaliseVpa(request.toUmn), takenNth: request.nth }
    if (mandate.status !== 'leaving') return updatePayerMandate(tx, noted)
    const status = request.code === '00' ? 'ported' : 'active'
    await updatePayerMandate(tx, { ...noted, status, ...(status === 'ported' ? { portedAt: now } : {}) })
  })
}

/** Throws `not-found`, `request-invalid`. */
export function mandateInOtherApp(
  deps: NetworkDeps,
  { payerVpa, payeeVpa, name, terms, atOurBank }: Input<typeof contracts.mandateInOtherApp>['body'],
): Promise<Output<typeof contracts.mandateInOtherApp>> {
  return inTransaction(deps, async (context) => {
    const { tx, now } = context
    const payer = atOurBank
      ? await customerOfOurBank(tx, payerVpa, atOurBank.accountRef)
      : await outsideParty(context, 'payer', payerVpa)
    const payee = await outsideParty(context, 'payee', payeeVpa)
    if (!atOurBank && !bankOf(payer)) throw invalid('/body/payerVpa', 'is of no account that can be linked')
    const fault = termsFault(terms, mandateRulesAt(now), { today: istDateOf(now), mcc: payee.code })
    if (fault) throw invalid(`/body/terms/${fault.field}`, fault.message)
    const { txnId, rrn } = await newTransactionIds(context, payee)
    const umn = atOurBank ? umnOf(atOurBank.mandateId, splitVpa(payer.addr)!.handle) : newUmn({ payer }, now)
    if (await lockByUmn(tx, umn)) throw new Problem('wrong-state', 'there is a mandate with this number')
    const status: 'asked' | 'active' = atOurBank ? 'asked' : 'active'
    const about = { txnId, rrn, name, terms, umn, code: null, status }
    const given: PayerMandate = {
      ...{ ...about, payer, payee, pause: null, reqMsgId: newMsgId(now), expiresAt: null, askedAt: now },
    }
    await insertMandate(tx, { ...about, payerAddr: payer.addr, payee })
    await insertPayerMandate(tx, given)
    if (atOurBank) {
      await askOurBank(context, given, { do: 'create' }, atOurBank.pin)
      return { txnId, umn }
    }
    const bank = {
      umn,
      accountRef: payer.ac!.acnum,
      mandateId: mandateIdIn(umn)!,
      payeeAddr: payee.addr,
      terms,
    }
    await insertBankMandate(tx, { ...bank, pause: null, revokedAt: null })
    return { txnId, umn }
  })
}

function invalid(path: string, message: string): Problem {
  return new Problem('request-invalid', message, { fields: [{ path, message }] })
}

/**
 * The other app asks ours, once its bank has found the PIN right; the answer comes as a message. Throws `not-found`,
 * `wrong-state`, `request-not-permitted`.
 */
export async function portFromOutside(
  deps: NetworkDeps,
  { umn: anyCase, payerVpa, pin }: Input<typeof contracts.portFromOutside>['body'],
): Promise<Output<typeof contracts.portFromOutside>> {
  const umn = normaliseVpa(anyCase)
  const asked = await inTransaction(deps, async (context): Promise<{ to: string } | { code: string }> => {
    const { tx, now } = context
    const mandate = await lockMandateWith(tx, umn)
    if (mandate && !isKeptElsewhere(mandate) && !(await findBankMandate(tx, umn)))
      return portFromOurBank(context, mandate, { umn, payerVpa, pin })
    const payer = await outsideParty(context, 'payer', payerVpa)
    const accountRef = payer.ac!.acnum
    const account = await lockAccount(tx, payer.bank!, accountRef)
    const kept = await findBankMandate(tx, umn)
    if (!mandate || !account || kept?.accountRef !== accountRef)
      throw new Problem('not-found', 'this account has no such mandate of a payee with another app')
    const { code } = await verifyPin(tx, { deps, account, accountRef, pin, at: now })
    // Committed, so that a wrong PIN costs a try.
    if (code !== '00') return { code }
    if (kept.revokedAt) throw new Problem('wrong-state', 'the mandate is revoked')
    const to = umnOf(kept.mandateId, splitVpa(payer.addr)!.handle)
    await arriving(context, mandate, { payer, umn, to })
    await askOurApp(context, mandate, payer)
    return { to }
  })
  if ('to' in asked) return { umn: asked.to }
  throw new Problem('request-not-permitted', `the bank declined the PIN: ${asked.code}`)
}

/**
 * Of an account at our bank: a UPI ID of the other app that nobody has is that customer's from now on, and our side
 * checks the PIN.
 */
async function portFromOurBank(
  context: TxContext,
  mandate: OutsideMandate,
  { umn, payerVpa, pin }: { umn: string; payerVpa: string; pin: string },
): Promise<{ to: string }> {
  const payer = await customerOfOurBank(context.tx, payerVpa)
  const to = umnOf(mandateIdIn(umn)!, splitVpa(payer.addr)!.handle)
  await arriving(context, mandate, { payer, umn, to })
  await askOurApp(context, mandate, payer, { type: 'PIN', subType: 'MPIN', data: pin })
  return { to }
}

/** @param accountRef where it is known by now. Throws `not-found` for a UPI ID that somebody has. */
async function customerOfOurBank(tx: Tx, vpa: string, accountRef?: string): Promise<Party> {
  const addr = normaliseVpa(vpa)
  if (!appOf({ addr }) || (await resolveAddress(tx, addr)))
    throw new Problem('not-found', 'no other app can give this UPI ID to a customer of our bank')
  const ac =
    accountRef === undefined
      ? undefined
      : ({ addrType: 'ACCOUNT', ifsc: ownIfsc, actype: 'SAVINGS', acnum: accountRef.toLowerCase() } as const)
  return {
    ...{ addr, name: '', type: 'PERSON', code: '0000' },
    ...{ bank: ownBank, isMember: false },
    ...(ac ? { ac } : {}),
  }
}

/** @param creds of an account at our bank; once, since a PIN block works once */
const askOurApp = (
  context: TxContext,
  mandate: OutsideMandate,
  { addr }: Party,
  creds?: Creds,
): Promise<void> => {
  const { amountPaise } = mandate.terms
  return send(context, mandate, 'PORT', { amountPaise, creds, mandate: { payerAddr: addr } })
}

const askedAgainAt = (now: Date): Date => new Date(now.getTime() + againMs)

/** Asks again where no answer came. True when there may be more. */
export async function askAgain(deps: NetworkDeps): Promise<boolean> {
  if (!(await isUnanswered(deps.sql, 'arriving', deps.clock.now()))) return false
  return inTransaction(deps, async (context) => {
    const { tx, now } = context
    const kept = await lockUnanswered(tx, 'arriving', now)
    if (!kept) return false
    const mandate = await lockMandate(tx, kept.txnId)
    await updatePayerMandate(tx, { ...kept, expiresAt: askedAgainAt(now) })
    await askOurApp(context, mandate!, kept.payer)
    return true
  })
}

async function arriving(
  { tx, now }: TxContext,
  { txnId, rrn, payee, name, terms }: OutsideMandate,
  { payer, umn, to }: { payer: Party; umn: string; to: string },
): Promise<void> {
  const about = { txnId, rrn, reqMsgId: newMsgId(now), payer, payee, name, terms, pause: null, code: null }
  const wanted: PayerMandate = {
    ...about,
    status: 'arriving',
    umn: to,
    expiresAt: askedAgainAt(now),
    askedAt: now,
  }
  await insertPayerMandate(tx, wanted)
  const known = (await lockPayerMandate(tx, txnId))!
  if (!['arriving', 'ported', 'declined'].includes(known.status))
    throw new Problem('wrong-state', `the mandate is ${known.status}`)
  await updatePayerMandate(tx, { ...known, ...wanted, arrivingFrom: umn })
}
