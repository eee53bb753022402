// The QR code of a person's own UPI ID as a picture: what their payers scan.
import type { vpaQr as contract } from '@bahi/contracts/qr.ts'
import type { Input } from '@bahi/contracts/call.ts'
import { withOrgId, withSignature } from '@bahi/contracts/codes/signed-link.ts'
import { upiLink } from '@bahi/contracts/codes/upi-link.ts'
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { codeRules, rulesAt } from '@bahi/contracts/rules.ts'
import { encode as encodePng } from 'fast-png'
import { encode, renderSVG } from 'uqr'
import type { AccountDeps } from '../config.ts'
import { openLinkHolder } from '../sealed-columns.ts'
import { partiesOf } from './store.ts'

type Asked = Input<typeof contract>['querystring']
export type Picture = { type: string; bytes: Buffer; cacheControl: string }

/** White around the code, in squares (ISO/IEC 18004). */
const quiet = 4
const usualPx = 512
/** A name may change at its bank. */
const staticMaxAgeS = 300

/** @throws `not-found` for a UPI ID that is not theirs, `request-invalid` for what no code can say */
export async function vpaQr(
  deps: Pick<AccountDeps, 'sql' | 'seal' | 'clock' | 'codeKeys'>,
  userId: string,
  vpa: string,
  asked: Asked,
  accept: string | undefined,
): Promise<Picture> {
  const [party] = await partiesOf(deps.sql, [normaliseVpa(vpa)])
  if (party?.userId !== userId) throw new Problem('not-found', 'you have no such UPI ID')
  const isPng = (asked.format ?? formatOf(accept)) === 'png'
  const isOrder = asked.reference !== undefined
  const now = deps.clock.now()
  const signer = (asked.signed ?? isOrder) ? deps.codeKeys.current(now) : undefined
  if (asked.signed === true && !signer)
    throw invalid('signed', 'there is no key here that codes are signed with')
  const unsigned = linkOf(
    asked,
    {
      ...{ vpa: party.vpa, name: openLinkHolder(deps.seal, party) },
      ...(party.mcc === null ? {} : { mcc: party.mcc }),
    },
    { now, isSigned: signer !== undefined },
  )
  const signed = signer && withOrgId(unsigned, signer.orgId)
  const link = signed === undefined ? unsigned : withSignature(signed, signer!.sign(signed))
  return {
    type: isPng ? 'image/png' : 'image/svg+xml',
    bytes: isPng ? pngOf(link, asked.sizePx ?? usualPx) : svgOf(link),
    cacheControl: isOrder ? 'no-store' : `private, max-age=${staticMaxAgeS}`,
  }
}

const invalid = (field: string, why: string) =>
  new Problem('request-invalid', why, { fields: [{ path: `/querystring/${field}`, message: why }] })

function linkOf(
  asked: Asked,
  { mcc, ...payee }: { vpa: string; name: string; mcc?: string },
  { now, isSigned }: { now: Date; isSigned: boolean },
): string {
  const { amountPaise, minPaise, note, reference, expiresInS } = asked
  if (reference !== undefined && amountPaise === undefined)
    throw invalid('amountPaise', 'an order needs its amount')
  if (reference === undefined && expiresInS !== undefined)
    throw invalid('reference', 'only the code of an order expires')
  const { dynamicCodeS, minDynamicCodeS, maxDynamicCodeS } = rulesAt(codeRules, now)
  const lastsS = expiresInS ?? dynamicCodeS
  if (lastsS < minDynamicCodeS || lastsS > maxDynamicCodeS)
    throw invalid('expiresInS', `must be ${minDynamicCodeS} to ${maxDynamicCodeS}`)
  const category = mcc === undefined ? {} : { mcc }
  try {
    return upiLink({
      ...payee,
      ...(amountPaise === undefined ? {} : { amountPaise }),
      ...(minPaise === undefined ? {} : { minPaise }),
      ...(note === undefined ? {} : { note }),
      ...(reference === undefined
        ? { initiation: { mode: isSigned ? '02' : '01', ...category } }
        : {
            expiresAt: new Date(now.getTime() + lastsS * 1_000).toISOString(),
            initiation: { mode: isSigned ? '16' : '15', reference, ...category },
          }),
    })
  } catch (error) {
    if (error instanceof RangeError) throw new Problem('request-invalid', error.message)
    throw error
  }
}

function formatOf(accept = ''): 'svg' | 'png' {
  return accept.includes('image/png') && !accept.includes('image/svg+xml') ? 'png' : 'svg'
}

/** A signed code is for a screen, which is never torn: fewer and larger squares are read better there. */
const eccOf = (link: string) => (link.includes('&sign=') ? 'L' : 'M')

function svgOf(link: string): Buffer {
  return Buffer.from(renderSVG(link, { ecc: eccOf(link), border: quiet }))
}

/** Grey, a byte a point; each square a whole number of points, or its edges would blur. */
function pngOf(link: string, longestPx: number): Buffer {
  const { data: rows, size } = encode(link, { ecc: eccOf(link), border: quiet })
  const scale = Math.max(1, Math.floor(longestPx / size))
  const width = size * scale
  const data = new Uint8Array(width * width)
  for (const [y, row] of rows.entries()) {
    const line = new Uint8Array(width)
    for (const [x, isDark] of row.entries()) line.fill(isDark ? 0 : 255, x * scale, (x + 1) * scale)
    for (let dy = 0; dy < scale; dy++) data.set(line, (y * scale + dy) * width)
  }
  return Buffer.from(encodePng({ width, height: width, data, depth: 8, channels: 1 }))
}
