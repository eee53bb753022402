// What a code or a link orders: whom to pay, how much, for what. Read from the parameters of a UPI link, whatever they
// stood in, and refused with a reason where they can't be held. Never a guess, and never another amount.
import { asciiDigits } from '../digits.ts'
import { normaliseVpa, splitVpa } from '../formats.ts'
import {
  defaultInitiation,
  flowOf,
  initiationFault,
  initiationModes,
  isIntentMode,
  isReference,
  purposes,
  type InitiationInput,
  type InitiationMode,
  type Purpose,
} from '../initiation.ts'
import { codeOf, infoUrlOf, isThere, momentOf, noteOf, paiseOf } from './parameter-values.ts'

/** The parameters that are read, by UPI's names (Linking Specification 1.6). Others are ignored, as it demands. */
export const orderParameters = [
  ...(['pa', 'am', 'mam', 'cu', 'tn', 'tr', 'mc', 'mode', 'purpose', 'url'] as const),
  /** UPI 2's `QRexpire`; names are read in small letters. */
  'qrexpire',
] as const
export type OrderParameter = (typeof orderParameters)[number]
export type OrderParameters = Partial<Record<OrderParameter, string>>

export type PaymentOrder = {
  vpa: string
  /** Missing: the payer says how much. */
  amountPaise?: number
  /** The least that is taken. Beside an amount it makes that one a proposal. */
  minPaise?: number
  note?: string
  /** Until when it may be paid, ISO 8601 in UTC. Missing: for ever. */
  expiresAt?: string
  /** How the payment begins: mode, purpose, and the payee's reference, category and address where they are named. */
  initiation: InitiationInput
}

export const orderRefusals = [
  /** No payee, or none that an address could have. */
  'address',
  'amount',
  /** The least amount is above the amount. */
  'minimum',
  'currency',
  /** Two payees, amounts, or anything else that is there once. */
  'twice',
  /** The payee's reference (`tr`) is none that UPI can send. */
  'reference',
  /** A mode or purpose that no person's payment can have. */
  'kind',
  /** What it asks for no mandate can be, or it leaves out what a payer must know to agree. */
  'terms',
  /** It can't be read, or its checksum is wrong. */
  'damaged',
  'signature',
  /** It says that it is signed, and is not. */
  'unsigned',
  /** Its time is over (`QRexpire`). */
  'expired',
  /** A merchant code of the card networks without an address of UPI. */
  'no-upi',
  /** A merchant code whose only address of India is an account by its number (BharatQR 08). */
  'account-only',
  /** The merchant adds a fee to the amount (EMV 55 to 57). */
  'fee',
] as const
/** Why a code that means to be a payment can't be paid: a key for the text that the payer is shown. */
export type OrderRefusal = (typeof orderRefusals)[number]

/**
 * The order that these parameters make, or why they make none.
 * @param usualMode of an order that names no mode
 */
export function orderOf(given: OrderParameters, usualMode: InitiationMode): PaymentOrder | OrderRefusal {
  const payee = payeeOf(given)
  if (typeof payee === 'string') return payee
  const [amountPaise, minPaise] = [paiseOf(given.am), paiseOf(given.mam)]
  if (Number.isNaN(amountPaise) || Number.isNaN(minPaise)) return 'amount'
  if (amountPaise !== undefined && minPaise !== undefined && minPaise > amountPaise) return 'minimum'
  const initiation = initiationOf(given, usualMode)
  if (typeof initiation === 'string') return initiation
  const expiry = expiryOf(given)
  if (typeof expiry === 'string') return expiry
  const note = noteOf(given.tn)
  return {
    ...payee,
    ...(amountPaise === undefined ? {} : { amountPaise }),
    ...(minPaise === undefined || minPaise === amountPaise ? {} : { minPaise }),
    ...(note === '' ? {} : { note }),
    ...expiry,
    initiation,
  }
}

/** Whom it is for, in rupees. */
export function payeeOf({ pa, cu }: Pick<OrderParameters, 'pa' | 'cu'>): { vpa: string } | OrderRefusal {
  const vpa = normaliseVpa(pa ?? '')
  if (!splitVpa(vpa)) return 'address'
  return isThere(cu) && cu.trim().toUpperCase() !== 'INR' ? 'currency' : { vpa }
}

/** A code that ends at a moment nobody can read may have ended. */
export function expiryOf({
  qrexpire,
}: Pick<OrderParameters, 'qrexpire'>): { expiresAt?: string } | OrderRefusal {
  if (!isThere(qrexpire)) return {}
  const expiresAt = momentOf(qrexpire)
  return expiresAt === undefined ? 'damaged' : { expiresAt }
}

/** Mode and purpose as they stand there; the origin follows from the mode. */
function initiationOf(given: OrderParameters, usualMode: InitiationMode): InitiationInput | OrderRefusal {
  const named = codeOf(given.mode)
  // `00` says nothing about how it began.
  const mode = named === undefined || named === '00' ? usualMode : named
  const purpose = codeOf(given.purpose) ?? '00'
  if (!Object.hasOwn(initiationModes, mode) || !Object.hasOwn(purposes, purpose)) return 'kind'
  const about = payeeDetailsOf(given)
  if (typeof about === 'string') return about
  const initiation: InitiationInput = {
    ...{ mode: mode as InitiationMode, purpose: purpose as Purpose, ...about },
    origin: { kind: originOf(mode as InitiationMode) },
  }
  const fault = initiationFault({ ...defaultInitiation, ...initiation })
  return fault === undefined ? initiation : fault.field === 'reference' ? 'reference' : 'kind'
}

/** What the payee says of itself and of what is ordered. */
export function payeeDetailsOf({
  mc,
  tr,
  url,
}: Pick<OrderParameters, 'mc' | 'tr' | 'url'>):
  Pick<InitiationInput, 'reference' | 'infoUrl' | 'mcc'> | OrderRefusal {
  const mcc = asciiDigits(mc ?? '').trim()
  if (isThere(mc) && !/^(0+|[0-9]{4})$/.test(mcc)) return 'damaged'
  const reference = isThere(tr) ? tr.trim() : undefined
  if (reference !== undefined && !isReference(reference)) return 'reference'
  const infoUrl = infoUrlOf(url)
  return {
    ...(reference === undefined ? {} : { reference }),
    ...(infoUrl === undefined ? {} : { infoUrl }),
    ...(/^[0-9]{4}$/.test(mcc) ? { mcc } : {}),
  }
}

function originOf(mode: InitiationMode): 'qr' | 'intent' | 'app' {
  if (['qr', 'dynamic-qr', 'atm'].includes(flowOf(initiationModes, mode) ?? '')) return 'qr'
  return isIntentMode(mode) ? 'intent' : 'app'
}
