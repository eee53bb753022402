// The formats of the field, as schemas and small pure functions: ids, phones, UPI IDs, money, bank codes.
import * as Type from 'typebox'
import type { Static } from 'typebox'

/** Paise that one amount can name: ten trillion rupees fit, and sums stay far below 2^53. */
export const maxAmountPaise = 1_000_000_000_000_000

export const AmountPaise = Type.Integer({
  minimum: 1,
  maximum: maxAmountPaise,
  description: 'Indian paise, whole; 100 are one rupee.',
  examples: [25_000],
})
export const BalancePaise = Type.Integer({ description: 'Indian paise, whole.', examples: [1_234_500] })
export const Currency = Type.Literal('INR')
export const Timestamp = Type.String({ format: 'date-time', examples: ['2026-11-23T09:30:00.000Z'] })

export const Phone = Type.String({
  pattern: '^\\+91[6-9][0-9]{9}$',
  description: 'An Indian mobile number in E.164.',
  examples: ['+919876543210'],
})
/** Languages that people are written to in. */
export const Language = Type.Union([Type.Literal('en'), Type.Literal('hi')])
export type Language = Static<typeof Language>

export const Otp = Type.String({ pattern: '^[0-9]{6}$', examples: ['482913'] })
/** 36 characters, so that the `urn:uuid:` form of the format stays out. */
export const Uuid = Type.String({ format: 'uuid', maxLength: 36 })
export const UuidV7 = Type.String({
  pattern: '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-7[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$',
  description: 'UUIDv7 made by the client; case does not matter, and answers have lower case.',
})

/** NPCI allows 255 characters, most apps 50; the longer limit is read, the shorter one is what we issue. */
export const vpaPattern = '^(?=.{3,255}$)[A-Za-z0-9][A-Za-z0-9._-]*@[A-Za-z][A-Za-z0-9]*(?:\\.[A-Za-z0-9]+)*$'
export const Vpa = Type.String({
  pattern: vpaPattern,
  maxLength: 255,
  description: 'A UPI ID (virtual payment address); case does not matter.',
  examples: ['asha@bahi'],
})
export const Ifsc = Type.String({ pattern: '^[A-Z]{4}0[A-Z0-9]{6}$', examples: ['BAHI0000001'] })
export const AccountNumber = Type.String({ pattern: '^[0-9]{9,18}$', examples: ['501234567890'] })
export const Rrn = Type.String({ pattern: '^[0-9]{12}$', description: 'Retrieval reference number.' })
export const TxnId = Type.String({
  pattern: '^[A-Z0-9]{3}[A-Za-z0-9]{32}$',
  description: 'UPI transaction id.',
  examples: ['BAH01994c00000070008000000000000001'],
})
export const CompactJwe = Type.String({
  pattern: '^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]*\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$',
  maxLength: 2048,
  description:
    'A compact JWE (ECDH-ES, A256GCM) with the `kid` of a key of `GET /v1/keys`; its content is the schema `PinBlock`.',
  examples: [
    'eyJhbGciOiJFQ0RILUVTIiwiZW5jIjoiQTI1NkdDTSIsImtpZCI6ImJhbmstMSIsImVwayI6eyJ4IjoiU2hISGZDeF' +
      'J1NldJZTFnT1hlQXR2VHlCWU5pMnp5SF9HRXFQTjBjbDFzUSIsImNydiI6IlAtMjU2Iiwia3R5IjoiRUMiLCJ5Ijoi' +
      'Z0owVDRib0Vrb25LaFVoUkp3RkNjV0I3RFhzNTQyVXJlSXlzLWZvS2RiQSJ9fQ..tO-d0eZvbfi6yWrU.ZMNNxwYhh' +
      '1rbKPAVJziTQi9Y-vPZoqqbRn7caIdr.RWbys8eQotM2IN5I5HcKUA',
  ],
})
export const PersonName = Type.String({
  minLength: 1,
  maxLength: 99,
  format: 'person-name',
  description:
    'Letters of one script, or of Latin and another, with digits and marks of punctuation; nothing invisible.',
  examples: ['Asha Rao'],
})
/** What people write to each other: no control characters, no halves of characters. */
/** The query of a list that is read a page at a time. */
export const pageQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  before: Type.Optional(Type.String({ maxLength: 100, description: '`next` of the page before' })),
}
/** No control characters, nor what turns the direction of the text around it. */
const noteText = '[^\\p{Cc}\\p{Cs}\\u2028\\u2029\\u202A-\\u202E\\u2066-\\u2069]*'
export const Note = Type.String({ maxLength: 50, pattern: `^${noteText}$` })
/** The pattern of a note that is more than a character and blanks. */
export const notBlankNote = `^(?=.*\\S.*\\S)${noteText}$`

export function normaliseVpa(vpa: string): string {
  return vpa.trim().toLowerCase()
}

/** The person's part and the handle; undefined when it is no UPI ID. */
export function splitVpa(vpa: string): { name: string; handle: string } | undefined {
  if (!new RegExp(vpaPattern).test(vpa)) return undefined
  const at = vpa.lastIndexOf('@')
  return { name: vpa.slice(0, at), handle: vpa.slice(at + 1) }
}

const accountVpaPattern = /^([a-z0-9-]{1,36})@([a-z]{4}0[a-z0-9]{6})\.ifsc\.npci$/i

/**
 * UPI's address of a bank account, by the branch and the account: its number or, as in all that is kept here, the
 * reference by which its bank knows it.
 */
export function accountVpa(account: { ifsc: string; accountRef: string }): string {
  return `${account.accountRef}@${account.ifsc}.ifsc.npci`.toLowerCase()
}

/** The account that such an address names; undefined for every other UPI ID. */
export function accountIn(vpa: string): { ifsc: string; accountRef: string } | undefined {
  const [, accountRef, ifsc] = accountVpaPattern.exec(vpa) ?? []
  if (accountRef === undefined || ifsc === undefined) return undefined
  return { ifsc: ifsc.toUpperCase(), accountRef: accountRef.toLowerCase() }
}

/** A UPI ID as people read it; of an account its branch: the reference says nothing to them. */
export function vpaText(vpa: string): string {
  const account = accountIn(vpa)
  return account ? `IFSC ${account.ifsc}` : vpa
}

/** UPI's Txn.id of a payment: the participant's three letters and the payment's id without hyphens. */
export function txnIdOf(prefix: string, paymentId: string): string {
  return prefix + paymentId.replaceAll('-', '')
}

/** `XXXX1234`: all but the last four hidden. */
export function maskAccountNumber(number: string): string {
  return 'X'.repeat(Math.max(number.length - 4, 4)) + number.slice(-4)
}

/** `+91••••••3210` */
export function maskPhone(phone: string): string {
  return `${phone.slice(0, 3)}••••••${phone.slice(-4)}`
}

/** `₹1,23,456.00`: Indian grouping, always two decimals. */
export function formatRupees(amountPaise: number): string {
  const sign = amountPaise < 0 ? '-' : ''
  const abs = Math.abs(amountPaise)
  const rupees = String(Math.floor(abs / 100))
  const grouped =
    rupees.length <= 3
      ? rupees
      : rupees.slice(0, -3).replace(/\B(?=(\d{2})+(?!\d))/g, ',') + ',' + rupees.slice(-3)
  return `${sign}₹${grouped}.${String(abs % 100).padStart(2, '0')}`
}
