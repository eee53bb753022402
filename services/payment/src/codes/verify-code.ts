// Whether a scanned code can be paid or agreed to: what it says, and whether it is what its signer signed.
import type { MandateOrder } from '@bahi/contracts/codes/mandate-order.ts'
import type { PaymentOrder } from '@bahi/contracts/codes/payment-order.ts'
import { codeText } from '@bahi/contracts/codes/code-text.ts'
import { readCode, readUndated, type CodeReading } from '@bahi/contracts/codes/read-code.ts'
import { signatureIn } from '@bahi/contracts/codes/signed-link.ts'
import { isSameTerms } from '@bahi/contracts/mandate-rules.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { CodeSigner } from '@bahi/contracts/codes/code-signer.ts'
import { codeSigners, type ScannedCode } from '@bahi/contracts/qr.ts'
import { cachedValue } from '@bahi/kit/cache/bounded-map.ts'
import { isSignedBy } from '@bahi/kit/crypto/detached-signature.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'

const freshMs = 5 * 60_000

/** Who signed the code; undefined: nobody did. Throws `code-forged`, `code-signer-unknown`, `unavailable`. */
export type VerifyCode = (scanned: string) => Promise<ScannedCode['signer']>

export function createCodeVerifier(deps: Pick<Deps, 'call' | 'clock'>): VerifyCode {
  const known = cachedValue(deps.clock, freshMs, async () => (await deps.call(codeSigners, {})).signers)
  const signers = () =>
    known.get().catch((error: unknown) => {
      const last = known.last()
      if (last && error instanceof Problem) return last
      throw error
    })
  return async (scanned) => {
    const found = signatureIn(codeText(scanned))
    if (found === undefined) return undefined
    if (found === 'malformed') throw refusedAs('signature')
    return signerOf(await signers(), found, deps.clock.now())
  }
}

/** By the keys that are in force now, of the originator that the code names. */
export function signerOf(
  signers: CodeSigner[],
  { orgId, signed, signature }: { orgId: string; signed: string; signature: string },
  at: Date,
): NonNullable<ScannedCode['signer']> {
  const named = signers.filter((signer) => signer.orgId === orgId)
  const keys = named.flatMap(({ name, keys: all }) => all.map((key) => ({ ...key, name })))
  const inForce = keys.filter(
    ({ from, to }) => Date.parse(from) <= at.getTime() && (to === undefined || at.getTime() < Date.parse(to)),
  )
  if (inForce.length === 0)
    throw new Problem('code-signer-unknown', `no key of originator ${orgId} is known that is in force`)
  const signer = inForce.find((key) => isSignedBy(key, signed, signature))
  if (!signer) throw new Problem('code-forged', 'the signature is not that of what the code says')
  return { orgId, name: signer.name }
}

/** What a code orders, without a look at the time. Throws `code-invalid`, `code-unsigned`, `code-forged`. */
export function orderIn(code: string): PaymentOrder {
  const reading = readUndated(code)
  if (reading.kind === 'pay') return reading.order
  if (reading.kind === 'refused') throw refusedAs(reading.reason)
  throw new Problem('code-invalid', 'this is no code of a payment')
}

/** What a code asks to be agreed to now. Throws as `orderIn`, and `code-expired`. */
export function mandateIn(code: string, now: Date): MandateOrder {
  const reading = readCode(code, now.getTime())
  if (reading.kind === 'mandate') return reading.order
  if (reading.kind === 'refused') throw refusedAs(reading.reason)
  throw new Problem('code-invalid', 'this is no code of a mandate')
}

export function refusedAs(reason: Extract<CodeReading, { kind: 'refused' }>['reason']): Problem {
  if (reason === 'unsigned') return new Problem('code-unsigned')
  if (reason === 'signature') return new Problem('code-forged', 'its signature cannot be right')
  if (reason === 'expired') return new Problem('code-expired')
  return new Problem('code-invalid', reason, { fields: [{ path: '/body', message: reason }] })
}

/** The field in which a payment is another one than the code orders; undefined: none. */
export function payableAs(
  { vpa, amountPaise, minPaise }: PaymentOrder,
  wanted: { payeeVpa: string; amountPaise: number },
): 'payeeVpa' | 'amountPaise' | undefined {
  if (wanted.payeeVpa !== vpa) return 'payeeVpa'
  const isFixed = amountPaise !== undefined && minPaise === undefined
  if (isFixed && wanted.amountPaise !== amountPaise) return 'amountPaise'
  return wanted.amountPaise < (minPaise ?? 0) ? 'amountPaise' : undefined
}

/** The field in which a mandate is another one than the code asks for; undefined: none. */
export function agreeableAs(
  { vpa, name, terms }: MandateOrder,
  wanted: { payeeVpa: string; name: string; terms: MandateOrder['terms'] },
): 'payeeVpa' | 'name' | 'terms' | undefined {
  if (wanted.payeeVpa !== vpa) return 'payeeVpa'
  if (!isSameTerms(wanted.terms, terms)) return 'terms'
  return name === undefined || name === wanted.name ? undefined : 'name'
}
