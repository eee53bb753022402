// The QR code of a person's own UPI ID as a picture: what their payers scan.
import type { vpaQr as contract } from '@bahi/contracts/qr.ts'
import type { Input } from '@bahi/contracts/call.ts'
import { upiLink } from '@bahi/contracts/codes/upi-link.ts'
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { codeRules, rulesAt } from '@bahi/contracts/rules.ts'
import { encode as encodePng } from 'fast-png'
import { encode, renderSVG } from 'uqr'
import type { AccountDeps } from '../config.ts'
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
  deps: Pick<AccountDeps, 'sql' | 'clock'>,
  userId: string,
  vpa: string,
  asked: Asked,
  accept: string | undefined,
): Promise<Picture> {
  const [party] = await partiesOf(deps.sql, [normaliseVpa(vpa)])
  if (party?.userId !== userId) throw new Problem('not-found', 'you have no such UPI ID')
  const isPng = (asked.format ?? formatOf(accept)) === 'png'
  const link = linkOf(asked, { vpa: party.vpa, name: party.name }, deps.clock.now())
  const isOrder = asked.reference !== undefined
  return {
    type: isPng ? 'image/png' : 'image/svg+xml',
    bytes: isPng ? pngOf(link, asked.sizePx ?? usualPx) : svgOf(link),
    cacheControl: isOrder ? 'no-store' : `private, max-age=${staticMaxAgeS}`,
  }
}

function linkOf(asked: Asked, payee: { vpa: string; name: string }, now: Date): string {
  const { amountPaise, minPaise, note, reference, expiresInS } = asked
  const refuse = (field: string, why: string) => {
    throw new Problem('request-invalid', why, { fields: [{ path: `/querystring/${field}`, message: why }] })
  }
  if (reference !== undefined && amountPaise === undefined) refuse('amountPaise', 'an order needs its amount')
  if (reference === undefined && expiresInS !== undefined)
    refuse('reference', 'only the code of an order expires')
  const lastsS = expiresInS ?? rulesAt(codeRules, now).dynamicCodeS
  try {
    return upiLink({
      ...payee,
      ...(amountPaise === undefined ? {} : { amountPaise }),
      ...(minPaise === undefined ? {} : { minPaise }),
      ...(note === undefined ? {} : { note }),
      ...(reference === undefined
        ? { initiation: { mode: '01' } }
        : {
            expiresAt: new Date(now.getTime() + lastsS * 1_000).toISOString(),
            initiation: { mode: '15', reference },
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

function svgOf(link: string): Buffer {
  return Buffer.from(renderSVG(link, { ecc: 'M', border: quiet }))
}

/** Grey, a byte a point; each square a whole number of points, or its edges would blur. */
function pngOf(link: string, longestPx: number): Buffer {
  const { data: rows, size } = encode(link, { ecc: 'M', border: quiet })
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
