// Another PSP that signs the codes of its shops: right ones, and ones that every reader must refuse.
import type { Input } from '@bahi/contracts/call.ts'
import { upiLink } from '@bahi/contracts/codes/upi-link.ts'
import { withOrgId, withSignature } from '@bahi/contracts/codes/signed-link.ts'
import type { CodeSigner } from '@bahi/contracts/codes/code-signer.ts'
import type { signCode as contract } from '@bahi/contracts/sandbox.ts'
import { createDetachedSigner } from '@bahi/kit/crypto/detached-signature.ts'
import type { JWK } from 'jose'

export type CodeSigning = { signer: CodeSigner; sign(text: string): string }

const orgId = '200001'
const unknownOrgId = '200009'
const usualS = 480

/** @param jwk a private P-256 key: not every signer has RSA, and the algorithm stands with the key */
export function createCodeSigner(jwk: JWK): CodeSigning {
  const { kid, algorithm, publicKey, sign } = createDetachedSigner(
    JSON.stringify({ ...jwk, alg: 'ES256', kid: 'sandbox-codes-1' }),
  )
  const keys = [{ kid, algorithm, publicKey, from: '2026-01-01T00:00:00+05:30' }]
  return { signer: { orgId, name: 'Sandbox PSP', keys }, sign }
}

/** The link of a shop's order, with the fault that is wanted. */
export function signCode(
  { sign }: Pick<CodeSigning, 'sign'>,
  { amountPaise, reference = 'ORD-17', expiresInS = usualS, fault }: Input<typeof contract>['body'],
  now: Date,
): string {
  const link = upiLink({
    ...{ vpa: 'shop@sandbox', name: 'Sandbox Shop', amountPaise },
    expiresAt: new Date(now.getTime() + expiresInS * 1_000).toISOString(),
    initiation: { mode: '16', reference, mcc: '5411', infoUrl: 'https://shop.example/17' },
  })
  const signed = withOrgId(link, fault === 'unknown-signer' ? unknownOrgId : orgId)
  if (fault === 'unsigned') return signed
  const whole = withSignature(signed, sign(signed))
  if (fault === 'forged') return withSignature(signed, sign(`${signed} `))
  if (fault === 'other-amount') return whole.replace(/&am=/, '&am=1')
  if (fault === 'reordered') return whole.replace(/(&am=[^&]*)(&cu=INR)/, '$2$1')
  return whole
}
