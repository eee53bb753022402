// What a mandate code or link asks a payer to agree to (`upi://mandate`): whom, how much, how often, until when. Read
// strictly: what is left out is not guessed, and what it asks for that no mandate can be is refused with a reason.
import { asciiDigits } from '../digits.ts'
import {
  flowOf,
  initiationModes,
  isDynamicMandateMode,
  isIntentMode,
  mandateCodes,
  purposes,
  type InitiationInput,
  type InitiationMode,
  type Purpose,
} from '../initiation.ts'
import { isSameTerms, mandateRulesAt, termsFault, type MandateTerms } from '../mandate-rules.ts'
import { isDate, istDateOf, Recurrence } from '../recurrence.ts'
import { decimalRupees } from '../rupees.ts'
import { expiryOf, payeeDetailsOf, payeeOf, type OrderRefusal } from './payment-order.ts'
import { codeOf, isThere, noteOf, paiseOf } from './parameter-values.ts'
import { shownName, writeParameters } from './upi-link.ts'

/** By UPI's names (Linking Specification 1.6), in small letters. */
export const mandateParameters = [
  ...(['pa', 'mn', 'tn', 'am', 'fam', 'cu', 'amrule', 'recur', 'recurtype', 'recurvalue'] as const),
  ...(['validitystart', 'validityend', 'rev', 'block', 'share', 'txntype', 'tr', 'mc'] as const),
  ...(['mode', 'purpose', 'url', 'qrexpire'] as const),
] as const
type MandateParameters = Partial<Record<(typeof mandateParameters)[number], string>>

export type MandateOrder = {
  vpa: string
  /** What it is for. */
  name?: string
  terms: MandateTerms
  /** Until when it may be agreed to, ISO 8601 in UTC. */
  expiresAt?: string
  initiation: Pick<InitiationInput, 'mode' | 'purpose' | 'reference' | 'infoUrl' | 'mcc'>
}

/** What these parameters ask for, whatever the day is. */
export function mandateOrderOf(given: MandateParameters): MandateOrder | OrderRefusal {
  const payee = payeeOf(given)
  if (typeof payee === 'string') return payee
  // Changing or ending a mandate by a link is no matter of the one who scans it.
  if (wordOf(given.txntype, 'CREATE') !== 'CREATE') return 'kind'
  const initiation = initiationOf(given)
  if (typeof initiation === 'string') return initiation
  const terms = termsOf(given)
  if (typeof terms === 'string') return terms
  const expiry = expiryOf(given)
  if (typeof expiry === 'string') return expiry
  const name = noteOf(given.mn) || noteOf(given.tn)
  return {
    ...payee,
    ...(name === '' ? {} : { name }),
    terms,
    ...expiry,
    initiation,
  }
}

/**
 * As it can be agreed to at a moment. A printed code has the day on which it was made as its first: from then on its
 * first day is today.
 */
export function mandateOrderAt(order: MandateOrder, at: Date): MandateOrder | OrderRefusal {
  const { terms, expiresAt, initiation } = order
  const today = istDateOf(at)
  if (terms.validTo < today || (expiresAt !== undefined && Date.parse(expiresAt) <= at.getTime()))
    return 'expired'
  const current = terms.validFrom < today ? { ...terms, validFrom: today } : terms
  const fault = termsFault(current, mandateRulesAt(at), { today, mcc: initiation.mcc ?? '0000' })
  if (fault) return fault.field === 'amountPaise' ? 'amount' : 'terms'
  return { ...order, terms: current }
}

function initiationOf(given: MandateParameters): MandateOrder['initiation'] | OrderRefusal {
  const named = codeOf(given.mode)
  const mode = named === undefined || named === '00' ? mandateCodes.mode : named
  const purpose = codeOf(given.purpose) ?? mandateCodes.purpose
  if (!isModeOfMandate(mode) || !isPurposeOfMandate(purpose)) return 'kind'
  const about = payeeDetailsOf(given)
  if (typeof about === 'string') return about
  if (isDynamicMandateMode(mode) && about.reference === undefined) return 'reference'
  return { mode, purpose, ...about }
}

const isModeOfMandate = (mode: string): mode is InitiationMode =>
  flowOf(initiationModes, mode) === 'mandate' || isIntentMode(mode)

const isPurposeOfMandate = (purpose: string): purpose is Purpose =>
  Object.hasOwn(purposes, purpose) && [undefined, 'mandate'].includes(flowOf(purposes, purpose))

function termsOf(given: MandateParameters): MandateTerms | OrderRefusal {
  const [amountPaise, firstPaise] = [paiseOf(given.am), paiseOf(given.fam)]
  if (amountPaise === undefined || Number.isNaN(amountPaise)) return 'amount'
  if (Number.isNaN(firstPaise)) return 'amount'
  const amountRule = wordOf(given.amrule)
  const recurrence = wordOf(given.recur)
  if (amountRule !== 'EXACT' && amountRule !== 'MAX') return 'terms'
  if (!isRecurrence(recurrence)) return 'terms'
  // The payee presents its first debit as any other one: of another amount where the terms let it.
  if (firstPaise !== undefined && firstPaise > amountPaise) return 'amount'
  if (amountRule === 'EXACT' && (firstPaise ?? amountPaise) !== amountPaise) return 'terms'
  const [validFrom, validTo] = [dateOf(given.validitystart), dateOf(given.validityend)]
  if (validFrom === undefined || validTo === undefined || validTo < validFrom) return 'terms'
  const dayRule = dayRuleOf(given)
  const [revocable, blockFunds, isShared] = [
    flagOf(given.rev, true),
    flagOf(given.block, false),
    flagOf(given.share, true),
  ]
  if (dayRule === 'wrong' || revocable === undefined || blockFunds === undefined) return 'terms'
  // What the payer agrees to here the payee is told.
  if (isShared !== true) return 'terms'
  return {
    ...{ amountRule, amountPaise, recurrence },
    ...(dayRule === undefined ? {} : { dayRule }),
    ...{ validFrom, validTo, revocable, blockFunds },
  }
}

const isRecurrence = (text: string | undefined): text is MandateTerms['recurrence'] =>
  text === 'ASPRESENTED' || Recurrence.enum.some((one) => one === text)

/** Patterns without days may have a rule that says nothing, such as day 0. */
function dayRuleOf({ recurtype, recurvalue }: MandateParameters): MandateTerms['dayRule'] | 'wrong' {
  const day = isThere(recurvalue) ? Number(asciiDigits(recurvalue).trim()) : undefined
  if (day === undefined || day === 0) return undefined
  const type = wordOf(recurtype)
  if (!Number.isInteger(day) || day < 0 || day > 31) return 'wrong'
  return type === 'ON' || type === 'BEFORE' || type === 'AFTER' ? { type, day } : 'wrong'
}

const wordOf = (text: string | undefined, usual?: string) =>
  isThere(text) ? text.trim().toUpperCase() : usual

/** `Y`, `N`; undefined: neither. */
function flagOf(text: string | undefined, usual: boolean): boolean | undefined {
  const word = wordOf(text)
  return word === undefined ? usual : word === 'Y' ? true : word === 'N' ? false : undefined
}

/** `27112026` → `2026-11-27`; undefined when the calendar has no such day. */
function dateOf(text: string | undefined): string | undefined {
  const [, day, month, year] = /^(\d\d)(\d\d)(2\d{3})$/.exec(asciiDigits(text ?? '').trim()) ?? []
  const date = `${year}-${month}-${day}`
  return day !== undefined && isDate(date) ? date : undefined
}

/** What a mandate link is written from. */
export type MandateLinkContent = Omit<MandateOrder, 'initiation'> &
  Partial<Pick<MandateOrder, 'initiation'>> & { payeeName?: string }

/**
 * `upi://mandate?pa=music@bahi&…`, for a payee to show. Throws a `RangeError` where a reader would refuse it, or read
 * something else.
 */
export function mandateLink({ payeeName, ...order }: MandateLinkContent): string {
  const { terms, initiation = {} } = order
  const { mode = mandateCodes.mode, purpose = mandateCodes.purpose, reference, infoUrl, mcc } = initiation
  const flag = (is: boolean) => (is ? 'Y' : 'N')
  const dated = (date: string) => date.split('-').reverse().join('')
  const parameters = {
    mn: order.name,
    tr: reference,
    mc: mcc,
    am: decimalRupees(terms.amountPaise),
    cu: 'INR',
    amrule: terms.amountRule,
    recur: terms.recurrence,
    recurtype: terms.dayRule?.type,
    recurvalue: terms.dayRule && String(terms.dayRule.day),
    validitystart: dated(terms.validFrom),
    validityend: dated(terms.validTo),
    rev: flag(terms.revocable),
    block: flag(terms.blockFunds),
    ...{ share: 'Y', txntype: 'CREATE', mode, purpose },
    url: infoUrl,
    qrexpire: order.expiresAt,
  }
  const given = Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined))
  const read = mandateOrderOf({ pa: order.vpa, ...given })
  const asked = { ...order, initiation: { ...initiation, mode, purpose } }
  if (typeof read === 'string' || !isSame(read, asked))
    throw new RangeError(
      `no link can say this: ${typeof read === 'string' ? read : 'it would be read otherwise'}`,
    )
  return `upi://mandate?${writeParameters({ pa: order.vpa, pn: shownName(payeeName), ...parameters })}`
}

function isSame(one: MandateOrder, other: MandateOrder): boolean {
  const keyOf = ({ vpa, name, expiresAt, initiation }: MandateOrder) =>
    JSON.stringify([
      ...[vpa, name, expiresAt],
      ...[initiation.mode, initiation.purpose, initiation.reference, initiation.infoUrl, initiation.mcc],
    ])
  return keyOf(one) === keyOf(other) && isSameTerms(one.terms, other.terms)
}
