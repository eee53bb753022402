// The KYC of the demo people: one who is approved, and one who waits for the demo reviewer.
import { setTimeout as delay } from 'node:timers/promises'
import { crc32, deflateSync } from 'node:zlib'
import type { Call } from '@bahi/contracts/call.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import {
  claimKycReview,
  decideKycReview,
  saveKyc,
  showKyc,
  submitKyc,
  uploadKycDocument,
} from '@bahi/contracts/kyc.ts'
import type { KycForm } from '@bahi/contracts/kyc-forms.ts'

const lookEveryMs = 100
const maxLooks = 300

/** @param reviewer signed in with the role `kyc-reviewer` */
export async function seedKyc(approved: Call, waiting: Call, reviewer: Call): Promise<void> {
  const [id] = await Promise.all([
    submitDemoKyc(approved, { name: 'Asha Rao', bornOn: '1990-04-12', pan: 'ABCPR1234F' }),
    submitDemoKyc(waiting, { name: 'Ravi Kumar', bornOn: '1987-11-03', pan: 'BCDPK4321G' }),
  ])
  await reviewer(claimKycReview, { params: { id } })
  await reviewer(decideKycReview, { params: { id }, body: { decision: 'approve' } })
}

/** Its id, once it waits for a reviewer. */
export async function submitDemoKyc(call: Call, form: KycForm): Promise<string> {
  const id = uuidv7()
  await call(saveKyc, { params: { id }, body: { tier: 'minimum', form } })
  await call(uploadKycDocument, {
    params: { id, documentId: uuidv7() },
    querystring: { kind: 'pan' },
    file: { type: 'image/png', bytes: cardPicture() },
  })
  for (let looks = 0; ; looks++) {
    const { submission } = await call(showKyc, {})
    if (submission?.documents.every(({ status }) => status === 'readable')) break
    if (looks > maxLooks) throw new Error('a document of the seed did not become readable')
    await delay(lookEveryMs)
  }
  await call(submitKyc, { params: { id } })
  return id
}

const [width, height] = [640, 400]

/** A PNG of a card that is nobody's: a photo, lines, and a stripe. */
export function cardPicture(): Uint8Array<ArrayBuffer> {
  const rows = Buffer.alloc(height * (width * 3 + 1))
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const isPhoto = x > 40 && x < 180 && y > 130 && y < 310
      const isLine = x > 220 && x < 220 + 300 - (y % 90) && y > 130 && y % 45 < 14
      const [r, g, b] =
        y < 70 ? [38, 70, 130] : isPhoto ? [150, 140, 130] : isLine ? [60, 70, 90] : [222, 232, 240]
      rows.set([r!, g!, b!], y * (width * 3 + 1) + 1 + x * 3)
    }
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  // Eight bits of red, green and blue.
  head.set([8, 2, 0, 0, 0], 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  const parts = [chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]
  return new Uint8Array(Buffer.concat([signature, ...parts]))
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type), data])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  check.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, check])
}
