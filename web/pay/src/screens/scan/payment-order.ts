// What a code can order: whom to pay, how much, with which note; and what can be wrong with a code.

/** The fields of a UPI link that are read. */
export const linkFields = ['pa', 'am', 'mam', 'tn', 'cu', 'sign'] as const
export type LinkField = (typeof linkFields)[number]
/** A code's fields as text, by the names that a UPI link has for them. */
export type CodeFields = Partial<Record<LinkField, string>>

export type PaymentOrder = {
  vpa: string
  amountPaise?: number
  /** The least that is taken; with it the amount may be changed. */
  minPaise?: number
  note?: string
}

/** Why a code that means to be a payment can't be used. */
export type CodeFault = 'address' | 'amount' | 'currency' | 'twice' | 'damaged' | 'signature' | 'no-upi'

/** `/pay/asha%40bahi?am=250.00&fixed=1`: where it is paid; `fixed` when the amount is not the payer's to change. */
export function payPath({ vpa, amountPaise, minPaise, note }: PaymentOrder): string {
  const query = new URLSearchParams()
  if (amountPaise !== undefined) query.set('am', (amountPaise / 100).toFixed(2))
  if (amountPaise !== undefined && minPaise === undefined) query.set('fixed', '1')
  if (note !== undefined) query.set('tn', note)
  return `/pay/${encodeURIComponent(vpa)}${query.size > 0 ? `?${query.toString()}` : ''}`
}
