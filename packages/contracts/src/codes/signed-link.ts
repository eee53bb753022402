// The signature of a UPI link: over the bytes before `&sign=`, exactly as they stand there (Linking Specification 1.6).

/** @property orgId the originator whose key signed it: six digits; the PSP's own, or `000000` of a merchant's link */
export type LinkSignature = { orgId: string; signed: string; signature: string }

const base64 = /^[A-Za-z0-9+/]+={0,2}$/

/**
 * The signature of a link, not verified. Undefined without one; `malformed`: one that cannot be right, such as two of
 * them, one that something follows, none in Base64, or of nobody.
 */
export function signatureIn(link: string): LinkSignature | 'malformed' | undefined {
  const [signed, ...signatures] = link.split(/&sign=/i)
  if (signatures.length === 0) return /[?&;]\s*sign\b/i.test(link) ? 'malformed' : undefined
  const signature = plain(signatures[0]!)
  const orgIds = [...signed!.matchAll(/[?&]orgid=([^&]*)/gi)].map(([, value]) => value!)
  const isOne = signatures.length === 1 && base64.test(signature)
  if (!isOne || orgIds.length !== 1 || !/^[0-9]{6}$/.test(orgIds[0]!)) return 'malformed'
  return { orgId: orgIds[0]!, signed: signed!, signature }
}

/** Some apps write `+`, `/` and `=` in percent; a blank was a plus that somebody decoded. */
function plain(text: string): string {
  try {
    return decodeURIComponent(text).replaceAll(' ', '+')
  } catch {
    return ''
  }
}

/** A link with the originator whose key is to sign it: what `withSignature` completes. */
export const withOrgId = (link: string, orgId: string): string => `${link}&orgid=${orgId}`

/** @param signature in Base64, which stands in the link as it is */
export const withSignature = (signed: string, signature: string): string => `${signed}&sign=${signature}`
