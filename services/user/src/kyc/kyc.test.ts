// KYC through the API: forms, files and their states, review by others, tiers that begin and end.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { uuidv7 } from '@bahi/contracts/id.ts'
import * as kyc from '@bahi/contracts/kyc.ts'
import type { KycDocumentKind, KycTier } from '@bahi/contracts/kyc-rules.ts'
import { createProfile } from '@bahi/contracts/user.ts'
import { createBlobs } from '@bahi/kit/blobs/blobs.ts'
import { folderStorage } from '@bahi/kit/blobs/folder-storage.ts'
import type { Transport } from '@bahi/kit/transport/transport.ts'
import { adjustableClock } from '@bahi/testing/clock.ts'
import { testDataKeys, testPlatform, type TestPlatform } from '@bahi/testing/platform.ts'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { service } from '../app.ts'
import { eicar, newForm, startScanner, type Scanner } from './testing.ts'

const dayMs = 86_400_000
let platform: TestPlatform
let folder: string
let card: Uint8Array<ArrayBuffer>
const clock = adjustableClock()
let scanner: Scanner

/** account, which knows the names of the bank. */
const stub: Transport = () =>
  Promise.resolve({
    status: 200,
    headers: {},
    body: Readable.from([JSON.stringify({ names: ['ASHA DEVI RAO', 'RAVI KUMAR'] })]),
  })

beforeAll(async () => {
  scanner = await startScanner()
  folder = await mkdtemp(join(tmpdir(), 'bahi-kyc-'))
  card = new Uint8Array(
    await sharp({ create: { width: 600, height: 400, channels: 3, background: '#dee' } })
      .withExif({ IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '12/1 58/1 0/1' } })
      .jpeg()
      .toBuffer(),
  )
  platform = await testPlatform(inject('postgresUrl'), {
    services: [service],
    stubs: stub,
    clock,
    blobs: folderStorage(folder),
    env: { BAHI_CLAMD: scanner.address },
  })
})
afterAll(async () => {
  await platform.stop()
  scanner.close()
  await rm(folder, { recursive: true, force: true })
})

type Call = ReturnType<TestPlatform['person']>
const newId = () => uuidv7(clock.now().getTime())
const reviewer = (userId = uuidv7()) =>
  Object.assign(platform.person({ userId, roles: ['kyc-reviewer'] }), { userId })
async function newPerson() {
  const userId = uuidv7()
  await platform.as('auth')(createProfile, {
    params: { userId },
    body: { name: 'Asha Rao', phone: '+919876543210' },
  })
  return Object.assign(platform.person({ userId }), { userId })
}
const save = (call: Call, id: string, more: { tier?: KycTier; form?: object } = {}) =>
  call(kyc.saveKyc, {
    params: { id },
    body: { tier: more.tier ?? 'minimum', form: { ...newForm(), ...more.form } },
  })
const send = (
  call: Call,
  id: string,
  { kind = 'pan', documentId = newId(), bytes = card, type = 'image/jpeg' } = {} as {
    kind?: KycDocumentKind
    documentId?: string
    bytes?: Uint8Array<ArrayBuffer>
    type?: string
  },
) =>
  call(kyc.uploadKycDocument, {
    params: { id, documentId },
    querystring: { kind },
    file: { type, bytes },
  })
const show = async (call: Call) => (await call(kyc.showKyc, {})).submission!
const fileStates = async (call: Call) => (await show(call)).documents.map(({ status }) => status)
const settled = (call: Call) =>
  expect
    .poll(() => fileStates(call), { interval: 50 })
    .not.toEqual(expect.arrayContaining([expect.stringMatching(/uploaded|scanned|re-encoded/)]))
const code = (call: Promise<unknown>) =>
  call.then(
    () => 'none',
    (error: unknown) => (error as { code?: string }).code,
  )
const eventsOf = async (userId: string) =>
  platform.database.admin<{ type: string; data: Record<string, unknown> }[]>`
    select type, data from "user".events where stream = ${userId} and type like 'user.kyc%' order by version`
const typesOf = async (userId: string) => (await eventsOf(userId)).map(({ type }) => type.slice(9))
const blobNames = (userId: string) =>
  createBlobs('user', testDataKeys, folderStorage(folder)).list({ under: `kyc/${userId}` })

async function submitted(tier: KycTier = 'minimum') {
  const asha = await newPerson()
  const id = newId()
  await save(asha, id, { tier })
  const kinds = tier === 'minimum' ? (['pan'] as const) : (['pan', 'address', 'selfie'] as const)
  for (const kind of kinds) await send(asha, id, { kind })
  await settled(asha)
  await asha(kyc.submitKyc, { params: { id } })
  return { asha, id }
}
const decide = (
  by: Call,
  id: string,
  decision: 'approve' | 'reject' | 'revise',
  more: { reason?: string; documents?: { kind: KycDocumentKind; reason: string }[] } = {},
) => by(kyc.decideKycReview, { params: { id }, body: { decision, ...more } })
const claim = (by: Call, id: string) => by(kyc.claimKycReview, { params: { id } })

describe('a form', () => {
  it('keeps what it must not show: the PAN sealed, of the Aadhaar number four digits', async () => {
    const asha = await newPerson()
    const id = newId()
    const saved = await save(asha, id, { form: { pan: 'abcpr9999f', name: ' പി. കെ. രാജൻ ' } })
    expect(saved).toMatchObject({
      status: 'draft',
      form: { name: 'പി. കെ. രാജൻ', maskedPan: 'XXXXX9999F', aadhaarLast4: '2346' },
    })
    expect(saved.form).not.toHaveProperty('pan')
    const { pan: _, aadhaar: __, ...rest } = newForm()
    const again = await asha(kyc.saveKyc, { params: { id }, body: { tier: 'minimum', form: rest } })
    expect(again.form).toMatchObject({ maskedPan: 'XXXXX9999F', aadhaarLast4: '2346' })
    const [row] = await platform.database
      .admin`select form_sealed, pan_fingerprint from "user".kyc_submissions where id = ${id}`
    expect(JSON.stringify(row)).not.toMatch(/9999F|2341 ?2341 ?2346|Gandhi|1990-04-12/)
  })

  it.each([
    ['a PAN of a company', { pan: 'ABCCR1234F' }, '/body/form/pan'],
    ['an Aadhaar number with a wrong check digit', { aadhaar: '234123412345' }, '/body/form/aadhaar'],
    ['a child', { bornOn: '2020-01-01' }, '/body/form/bornOn'],
    ['a day that does not exist', { bornOn: '1990-02-30' }, '/body/form/bornOn'],
    [
      'a pin code of another state',
      { address: { ...newForm().address, pinCode: '110001' } },
      '/body/form/address/pinCode',
    ],
  ])('refuses %s', async (_, form, path) => {
    const refusal = save(await newPerson(), newId(), { form })
    await expect(refusal).rejects.toMatchObject({
      code: 'request-invalid',
      extras: { fields: [{ path }] },
    })
  })

  it('is one at a time, of its person alone, and not for less than they have', async () => {
    const [asha, ravi] = [await newPerson(), await newPerson()]
    const id = newId()
    const codes = await Promise.all([
      ...Array.from({ length: 4 }, () => code(save(asha, id))),
      ...Array.from({ length: 3 }, () => code(save(ravi, newId()))),
    ])
    expect(codes.slice(0, 4)).toEqual(Array(4).fill('none'))
    expect(codes.slice(4).sort()).toEqual(['none', 'wrong-state', 'wrong-state'])
    expect(await code(save(ravi, id))).toBe('id-reused')
    expect(await code(send(ravi, id))).toBe('not-found')
    expect(await code(ravi(kyc.submitKyc, { params: { id } }))).toBe('not-found')
    await ravi(kyc.withdrawKyc, { params: { id } })
    expect(await show(asha)).toMatchObject({ id, status: 'draft' })
    expect(await code(save(asha, '018f3a00-0000-7000-8000-000000000001'))).toBe('id-out-of-range')
  })
})

describe('a file', () => {
  it('is scanned and re-encoded; what came is deleted, and where it was taken is not kept', async () => {
    const asha = await newPerson()
    const id = newId()
    await save(asha, id)
    const documentId = newId()
    const sent = await send(asha, id, { documentId })
    expect(sent.documents).toMatchObject([{ id: documentId, kind: 'pan', status: 'uploaded', pages: 0 }])
    await settled(asha)
    expect((await show(asha)).documents).toMatchObject([{ status: 'readable', pages: 1 }])
    expect(await blobNames(asha.userId)).toEqual([`kyc/${asha.userId}/${documentId}/page-1`])
    const blob = await createBlobs('user', testDataKeys, folderStorage(folder)).get(
      `kyc/${asha.userId}/${documentId}/page-1`,
    )
    expect(await sharp(blob!.content).metadata()).toMatchObject({ format: 'jpeg', width: 600 })
    expect((await sharp(blob!.content).metadata()).exif).toBeUndefined()
    // Sent again after a lost answer: nothing changes.
    expect((await send(asha, id, { documentId })).documents).toMatchObject([{ status: 'readable' }])
    const other = new Uint8Array(Buffer.concat([card, Buffer.from('x')]))
    expect(await code(send(asha, id, { documentId, bytes: other }))).toBe('id-reused')
  })

  it('with a virus, or of no type that is taken, is refused and deleted', async () => {
    const asha = await newPerson()
    const id = newId()
    await save(asha, id, { tier: 'full' })
    const infected = new Uint8Array(Buffer.concat([card, Buffer.from(eicar)]))
    await send(asha, id, { kind: 'pan', bytes: infected })
    await send(asha, id, { kind: 'address', bytes: new Uint8Array(Buffer.from('<script>1</script>')) })
    await send(asha, id, { kind: 'selfie', bytes: card.slice(0, card.length / 2), type: 'application/pdf' })
    await settled(asha)
    expect((await show(asha)).documents.map(({ kind, fault }) => [kind, fault])).toEqual([
      ['address', 'type'],
      ['pan', 'infected'],
      ['selfie', 'unreadable'],
    ])
    await expect.poll(() => blobNames(asha.userId)).toEqual([])
    expect(await typesOf(asha.userId)).toEqual(Array(3).fill('file-refused'))
    expect(await code(asha(kyc.submitKyc, { params: { id } }))).toBe('wrong-state')
    expect(await code(send(asha, id, { type: 'text/html' }))).toBe('media-type-unsupported')
    expect(await code(send(asha, id, { bytes: new Uint8Array() }))).toBe('request-invalid')
    expect(await code(send(asha, id, { bytes: new Uint8Array(10 * 1_048_576 + 1) }))).toBe('body-too-large')
  })

  it('waits for its scanner: what is not scanned is not used', async () => {
    const asha = await newPerson()
    const id = newId()
    await save(asha, id)
    scanner.isBroken = true
    await send(asha, id)
    const attempts = async () =>
      (
        await platform.database.admin<{ attempts: number }[]>`
        select attempts from "user".due_work where kind = 'kyc-file'`
      )[0]?.attempts
    await expect.poll(attempts).toBeGreaterThan(0)
    expect(await fileStates(asha)).toEqual(['uploaded'])
    scanner.isBroken = false
    clock.advance(2_000)
    await settled(asha)
    expect(await fileStates(asha)).toEqual(['readable'])
    await send(asha, id)
    await settled(asha)
    await expect.poll(async () => (await blobNames(asha.userId)).length).toBe(1)
    await asha(kyc.withdrawKyc, { params: { id } })
    await expect.poll(() => blobNames(asha.userId)).toEqual([])
    expect((await asha(kyc.showKyc, {})).submission).toBeUndefined()
  })
})

describe('a review', () => {
  it('is claimed by one, seen by them alone, on record, and raises the tier', async () => {
    const { asha, id } = await submitted()
    const reviewers = Array.from({ length: 5 }, () => reviewer())
    const claims = await Promise.all(reviewers.map((by) => code(claim(by, id))))
    expect(claims.sort()).toEqual(['none', 'wrong-state', 'wrong-state', 'wrong-state', 'wrong-state'])
    const [row] = await platform.database.admin<{ reviewerId: string }[]>`
      select reviewer_id from "user".kyc_submissions where id = ${id}`
    const { reviewerId } = row!
    const mine = reviewer(reviewerId)
    const other = reviewer()
    const view = await mine(kyc.showKycReview, { params: { id } })
    expect(view).toMatchObject({
      userId: asha.userId,
      status: 'in-review',
      form: { pan: expect.stringMatching(/^ABCPR\d{4}F$/) as string, aadhaarLast4: '2346' },
      bankNames: [
        { name: 'ASHA DEVI RAO', isMatch: true },
        { name: 'RAVI KUMAR', score: 0, isMatch: false },
      ],
    })
    const page = { id, documentId: view.documents[0]!.id, page: 1 }
    expect(await code(other(kyc.showKycReview, { params: { id } }))).toBe('not-found')
    expect(await code(other(kyc.showKycPage, { params: page }))).toBe('not-found')
    expect(await code(decide(other, id, 'approve'))).toBe('not-found')
    expect(await code(mine(kyc.showKycPage, { params: { ...page, page: 2 } }))).toBe('not-found')
    // A picture, which is no JSON.
    expect(await code(mine(kyc.showKycPage, { params: page }))).toBe('internal')
    const decisions = await Promise.all(Array.from({ length: 10 }, () => code(decide(mine, id, 'approve'))))
    expect(decisions.filter((one) => one === 'none')).toHaveLength(1)
    expect(await asha(kyc.showKyc, {})).toMatchObject({ tier: 'minimum', submission: { status: 'approved' } })
    expect(await typesOf(asha.userId)).toEqual([
      ...['submitted', 'claimed', 'viewed', 'viewed', 'viewed', 'tier-changed', 'decided'],
    ])
    const seen = (await eventsOf(asha.userId)).filter(({ type }) => type === 'user.kyc-viewed')
    expect(seen.at(-1)!.data).toMatchObject({ reviewerId, documentId: page.documentId, page: 1 })
  })

  it('is never of the own submission, nor for people without the role', async () => {
    const { asha, id } = await submitted()
    const self = reviewer(asha.userId)
    expect(await code(claim(self, id))).toBe('not-allowed')
    expect(await code(asha(kyc.listKycReviews, { querystring: {} }))).toBe('not-allowed')
    const update = platform.database.admin`
      update "user".kyc_submissions set status = 'in-review', reviewer_id = user_id where id = ${id}`
    await expect(update).rejects.toMatchObject({ code: '23514' })
  })

  it('asks for one document again, and takes the others as they are', async () => {
    const { asha, id } = await submitted('full')
    const by = reviewer()
    await claim(by, id)
    expect(await code(decide(by, id, 'revise'))).toBe('request-invalid')
    const reason = 'It cannot be read'
    await decide(by, id, 'revise', { reason, documents: [{ kind: 'address', reason }] })
    expect(await show(asha)).toMatchObject({ status: 'revision', reason })
    expect(await code(asha(kyc.submitKyc, { params: { id } }))).toBe('wrong-state')
    await send(asha, id, { kind: 'address' })
    await settled(asha)
    expect(await asha(kyc.submitKyc, { params: { id } })).toMatchObject({ status: 'submitted' })
    await claim(by, id)
    await by(kyc.releaseKycReview, { params: { id } })
    await claim(by, id)
    clock.advance(dayMs + 60_000)
    await expect.poll(async () => (await show(asha)).status).toBe('submitted')
  })

  it('approves what was rejected by two others only', async () => {
    const { asha, id } = await submitted()
    const [one, two, three] = [reviewer(), reviewer(), reviewer()]
    await claim(one, id)
    await decide(one, id, 'reject', { reason: 'It is no PAN card' })
    expect(await asha(kyc.showKyc, {})).toMatchObject({ tier: 'none', submission: { status: 'rejected' } })
    const body = { reason: 'It is one, in Hindi' }
    await two(kyc.reopenKycReview, { params: { id }, body })
    expect(await code(claim(one, id))).toBe('not-allowed')
    await claim(two, id)
    expect(await decide(two, id, 'approve')).toEqual({ id, status: 'submitted', needsSecond: true })
    expect(await code(claim(two, id))).toBe('not-allowed')
    expect((await asha(kyc.showKyc, {})).tier).toBe('none')
    await claim(three, id)
    expect(await decide(three, id, 'approve')).toMatchObject({ status: 'approved', needsSecond: false })
    expect((await asha(kyc.showKyc, {})).tier).toBe('minimum')
  })

  it('says who else has the PAN, and needs a reason then', async () => {
    const by = reviewer()
    const ids: string[] = []
    for (let n = 0; n < 2; n++) {
      const asha = await newPerson()
      const id = newId()
      await save(asha, id, { form: { pan: 'ABCPR0001F' } })
      await send(asha, id)
      await settled(asha)
      await asha(kyc.submitKyc, { params: { id } })
      ids.push(id)
      const { samePan } = await claim(by, id)
      expect(samePan).toBe(n)
      if (n === 1) expect(await code(decide(by, id, 'approve'))).toBe('request-invalid')
      await decide(by, id, 'approve', n === 1 ? { reason: 'Twice the same person' } : {})
    }
    const { reviews } = await by(kyc.listKycReviews, { querystring: { status: 'approved', limit: 100 } })
    expect(reviews.map(({ id }) => id)).toEqual(expect.arrayContaining(ids))
    const waiting = async (after?: string) =>
      by(kyc.listKycReviews, { querystring: { limit: 1, ...(after === undefined ? {} : { after }) } })
    const pages = [await waiting()]
    for (let next = pages[0]!.next; next; next = pages.at(-1)!.next) pages.push(await waiting(next))
    const times = pages.flatMap((page) => page.reviews.map(({ submittedAt }) => submittedAt))
    expect(times).toEqual([...times].sort())
    expect(times.length).toBeGreaterThan(1)
  })
})

it('a tier is reminded of before its end, and ends; a draft that nobody goes on with is deleted', async () => {
  const { asha, id } = await submitted()
  const by = reviewer()
  await claim(by, id)
  await decide(by, id, 'approve')
  const ravi = await newPerson()
  await save(ravi, newId())
  clock.advance(95 * dayMs)
  await expect.poll(async () => (await ravi(kyc.showKyc, {})).submission).toBeUndefined()
  clock.advance(610 * dayMs)
  await expect
    .poll(async () => (await typesOf(asha.userId)).filter((type) => type === 'expiring'))
    .toHaveLength(1)
  // Done again before the end: the newer one counts, and the end of the older one changes nothing.
  const again = newId()
  await save(asha, again, { tier: 'full' })
  for (const kind of ['pan', 'address', 'selfie'] as const) await send(asha, again, { kind })
  await settled(asha)
  await asha(kyc.submitKyc, { params: { id: again } })
  await claim(by, again)
  await decide(by, again, 'approve', { reason: 'The same person' })
  expect(await code(save(asha, newId(), { tier: 'minimum' }))).toBe('wrong-state')
  clock.advance(40 * dayMs)
  await expect
    .poll(
      async () =>
        platform.database.admin`select from "user".kyc_submissions where id = ${id} and status = 'expired'`,
    )
    .toHaveLength(1)
  expect((await asha(kyc.showKyc, {})).tier).toBe('full')
  clock.advance(3_650 * dayMs)
  await expect
    .poll(async () => (await eventsOf(asha.userId)).at(-1)!.data)
    .toMatchObject({ tier: 'none', reason: 'expired' })
  expect((await asha(kyc.showKyc, {})).tier).toBe('none')
})
