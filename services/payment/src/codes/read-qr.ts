// Reads a scanned code for somebody who is about to pay, or to agree to a mandate: what it says, and why they cannot.
import type { Input } from '@bahi/contracts/call.ts'
import { chooseCode } from '@bahi/contracts/codes/choose-code.ts'
import { mandateReferenceOf } from '@bahi/contracts/initiation.ts'
import { codeText } from '@bahi/contracts/codes/code-text.ts'
import type { PaymentOrder } from '@bahi/contracts/codes/payment-order.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { readQr as contract, ScannedCode } from '@bahi/contracts/qr.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import type { DecodePicture } from './decode-picture.ts'
import { orderKeyOf } from './pay-order.ts'
import { findOrders, isAgreedTo, keyOf } from './store.ts'
import { refusedAs, type VerifyCode } from './verify-code.ts'

type ReadDeps = Pick<Deps, 'sql' | 'clock'> & { verifyCode: VerifyCode; decodePicture: DecodePicture }

/** Throws the problems of its contract; `overloaded` when too many pictures wait. */
export async function readQr(deps: ReadDeps, body: Input<typeof contract>['body']): Promise<ScannedCode> {
  const texts = 'text' in body ? [body.text] : await deps.decodePicture(Buffer.from(body.picture, 'base64'))
  if (texts.length === 0) throw new Problem('code-invalid', 'there is no code in this picture')
  const nowMs = deps.clock.now().getTime()
  const { reading, text: scanned } = chooseCode(texts, nowMs)
  const text = codeText(scanned)
  if (reading.kind === 'several')
    throw new Problem('code-invalid', 'there are two payments in this picture: show one')
  if (reading.kind === 'refused') throw refusedAs(reading.reason)
  if (reading.kind === 'web') return { kind: 'web', text, host: reading.host }
  if (reading.kind !== 'pay' && reading.kind !== 'mandate') return { kind: reading.kind, text }
  const signer = await deps.verifyCode(text)
  const by = signer === undefined ? {} : { signer }
  if (reading.kind === 'mandate') {
    const { order: mandate } = reading
    const reference = mandateReferenceOf(mandate.initiation)
    if (reference !== undefined && (await isAgreedTo(deps.sql, mandate.vpa, reference)))
      throw new Problem('code-used')
    return { kind: 'mandate', text, mandate, ...by }
  }
  const { order } = reading
  const { vpa: payeeVpa, amountPaise = 0, initiation } = order
  const key = orderKeyOf({ mode: initiation.mode ?? '00', ...initiation }, { payeeVpa, amountPaise })
  const paying = key && (await findOrders(deps.sql, [key])).get(keyOf(key))
  if (paying?.isPaid) throw new Problem('code-paid')
  return { kind: 'pay', text, order: 'picture' in body ? fromPicture(order) : order, ...by }
}

/** A code that was in front of nobody's camera: limits of its own count for it. */
function fromPicture(order: PaymentOrder): PaymentOrder {
  const { initiation } = order
  const isQr = initiation.origin?.kind === 'qr'
  return isQr ? { ...order, initiation: { ...initiation, origin: { kind: 'picture' } } } : order
}
