// The chain without a database: every way to tamper with records is found, at the right record, for any page size.
import { uuidv7 } from '@bahi/contracts/id.ts'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from './canonical-json.ts'
import { genesis, hashOf, appendToChain, hashedText, type Head, type HashedRecord } from './chain.ts'
import { maxFaults, verifyChain } from './verify-chain.ts'

const at = new Date('2026-11-23T09:30:00.000Z')
function chain(count: number): { records: HashedRecord[]; head: Head } {
  const events = Array.from({ length: count }, (_, i) => ({
    eventId: uuidv7(at.getTime() + i),
    source: 'payment',
    type: 'payment.settled',
    subject: `stream ${i % 3}`,
    version: 1,
    at,
    dataText: canonicalJson({ nth: i, who: { b: 'x', a: null } }),
  }))
  return appendToChain(genesis, events)
}

async function* pagesOf(records: HashedRecord[], size: number): AsyncGenerator<HashedRecord[]> {
  for (let i = 0; i < records.length; i += size) yield await Promise.resolve(records.slice(i, i + size))
}
const check = (head: Head, chained: HashedRecord[], checkpoints: Head[] = [], size = 7) =>
  verifyChain(head, pagesOf(chained, size), checkpoints)
const { records, head } = chain(20)
const change = (seq: number, to: Partial<HashedRecord>) =>
  records.map((record) => (record.seq === seq ? { ...record, ...to } : record))
const exchanged = (a: number, b: number) =>
  records.map((r) => ({ ...r, seq: r.seq === a ? b : r.seq === b ? a : r.seq })).sort((x, y) => x.seq - y.seq)

describe('the text of a record', () => {
  it('is the canonical JSON of the record', () => {
    const { seq, eventId, source, type, subject, version, dataText } = records[4]!
    const whole = { seq, eventId, source, type, subject, version, at: at.toISOString() }
    expect(hashedText(records[4]!)).toBe(canonicalJson({ ...whole, data: JSON.parse(dataText) as unknown }))
  })

  it('gives the hash computed by another tool', () => {
    const record = {
      seq: 1,
      eventId: '018F3A00-0000-7000-8000-000000000001',
      source: 'user',
      type: 'user.profile-created',
      subject: 's',
      version: 1,
      at,
      dataText: '{}',
    }
    // printf '\0…(32)…{"at":"2026-11-23T09:30:00.000Z","data":{},"eventId":"018f3a00-…","seq":1,…}' | sha256sum
    expect(hashOf(genesis.hash, record)).toBe(
      '9a505721a0ce41d1bcca774e3cd1ed5303ee38d6c0e3b819cd8eff22c42dfac3',
    )
  })
})

describe('a whole chain', () => {
  it.each([1, 2, 7, 100])('is whole in pages of %i', async (size) => {
    expect(await check(head, records, [records[9]!, head], size)).toEqual({
      whole: true,
      records: 20,
      lastHash: head.hash,
      faults: [],
    })
  })

  it('is whole when it is empty', async () => {
    expect(await check(genesis, [])).toEqual({ whole: true, records: 0, faults: [] })
  })
})

describe('tampering', () => {
  const fields: Partial<HashedRecord>[] = [
    { dataText: canonicalJson({ nth: 9, who: { b: 'y', a: null } }) },
    { dataText: '{"who":{"a":null,"b":"x"},"nth":4}' },
    { eventId: uuidv7() },
    { source: 'auth' },
    { type: 'payment.failed' },
    { subject: 'stream 2 ' },
    { version: 2 },
    { at: new Date(at.getTime() + 1) },
  ]
  it.each(fields)('finds a changed field: %j', async (to) => {
    expect((await check(head, change(5, to))).faults).toEqual([{ seq: 5, fault: 'changed' }])
  })

  it('finds a changed and rehashed record by the record after it', async () => {
    const other = { ...records[4]!, dataText: '{}' }
    const tampered = change(5, { ...other, hash: hashOf(records[3]!.hash, other) })
    expect((await check(head, tampered)).faults).toEqual([{ seq: 6, fault: 'changed' }])
  })

  it('finds changes in the first and in the last record', async () => {
    expect((await check(head, change(1, { version: 9 }))).faults).toEqual([{ seq: 1, fault: 'changed' }])
    expect((await check(head, change(20, { version: 9 }))).faults).toEqual([{ seq: 20, fault: 'changed' }])
  })

  it('finds a changed and rehashed last record by the head', async () => {
    const other = { ...records[19]!, dataText: '{}' }
    const tampered = change(20, { ...other, hash: hashOf(records[18]!.hash, other) })
    expect((await check(head, tampered)).faults).toEqual([
      { seq: 20, fault: 'other than the head of the chain' },
    ])
  })

  it.each([
    ['the first', [1], [{ seq: 1, fault: 'missing' }]],
    ['one in the middle', [8], [{ seq: 8, fault: 'missing' }]],
    [
      'several',
      [8, 9, 10, 13],
      [
        { seq: 8, fault: 'missing, and all up to 10' },
        { seq: 13, fault: 'missing' },
      ],
    ],
    ['the tail', [18, 19, 20], [{ seq: 18, fault: 'missing, and all up to 20' }]],
  ])('finds missing records: %s', async (_, gone, faults) => {
    expect(
      (
        await check(
          head,
          records.filter((r) => !gone.includes(r.seq)),
        )
      ).faults,
    ).toEqual(faults)
  })

  it('finds that all are missing', async () => {
    expect((await check(head, [])).faults).toEqual([{ seq: 1, fault: 'missing, and all up to 20' }])
  })

  it.each([
    [3, 5],
    [3, 4],
    [1, 20],
    [19, 20],
  ])('finds the records %i and %i exchanged, and reports no other', async (a, b) => {
    const { faults } = await check({ ...head, hash: exchanged(a, b).at(-1)!.hash }, exchanged(a, b))
    expect(faults).toEqual([
      { seq: a, fault: `reordered: this is record ${b}` },
      { seq: b, fault: `reordered: this is record ${a}` },
    ])
  })

  it('finds an inserted record', async () => {
    const forged = { ...records[4]!, seq: 6, eventId: uuidv7() }
    const tampered = [
      ...records.slice(0, 5),
      forged,
      ...records.slice(5).map((r) => ({ ...r, seq: r.seq + 1 })),
    ]
    const { whole, faults } = await check({ ...head, seq: 21 }, tampered)
    expect(whole).toBe(false)
    expect(faults[0]!.seq).toBe(6)
  })

  it('finds a completely rewritten chain by a checkpoint', async () => {
    const other = chain(20)
    expect((await check(other.head, other.records)).whole).toBe(true)
    expect((await check(other.head, other.records, [records[9]!])).faults).toEqual([
      { seq: 10, fault: 'other than the checkpoint' },
    ])
  })

  it('finds a chain cut together with its head by a checkpoint', async () => {
    const cut = records.slice(0, 12)
    expect((await check(cut.at(-1)!, cut, [head])).faults).toEqual([
      { seq: 20, fault: 'in a checkpoint, but missing: the chain was cut' },
    ])
  })

  it('reports a bounded number of faults and still counts every record', async () => {
    const long = chain(400)
    const verdict = await check(
      long.head,
      long.records.map((r) => ({ ...r, version: 7 })),
      [],
      50,
    )
    expect(verdict).toMatchObject({ whole: false, records: 400, lastHash: long.head.hash })
    expect(verdict.faults).toHaveLength(maxFaults)
  })
})
