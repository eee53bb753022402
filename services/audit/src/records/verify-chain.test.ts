// The chain without a database: every way to tamper with records is found, at its place, whatever the size of pages.
import { uuidv7 } from '@bahi/contracts/id.ts'
import { describe, expect, it } from 'vitest'
import { canonical } from './canonical-json.ts'
import { genesis, hashOf, link, textOf, type Head, type LinkedRecord } from './chain.ts'
import { maxFaults, verify } from './verify-chain.ts'

const at = new Date('2026-11-23T09:30:00.000Z')
function chain(count: number): { links: LinkedRecord[]; head: Head } {
  const events = Array.from({ length: count }, (_, i) => ({
    eventId: uuidv7(at.getTime() + i),
    source: 'payment',
    type: 'payment.settled',
    subject: `stream ${i % 3}`,
    version: 1,
    at,
    dataText: canonical({ nth: i, who: { b: 'x', a: null } }),
  }))
  return link(genesis, events)
}

async function* pagesOf(records: LinkedRecord[], size: number): AsyncGenerator<LinkedRecord[]> {
  for (let i = 0; i < records.length; i += size) yield await Promise.resolve(records.slice(i, i + size))
}
const prove = (head: Head, records: LinkedRecord[], noted: Head[] = [], size = 7) =>
  verify(head, pagesOf(records, size), noted)
const { links, head } = chain(20)
const change = (seq: number, to: Partial<LinkedRecord>) =>
  links.map((record) => (record.seq === seq ? { ...record, ...to } : record))
const exchanged = (a: number, b: number) =>
  links.map((r) => ({ ...r, seq: r.seq === a ? b : r.seq === b ? a : r.seq })).sort((x, y) => x.seq - y.seq)

describe('the text of a record', () => {
  it('is the canonical JSON of the whole', () => {
    const { seq, eventId, source, type, subject, version, dataText } = links[4]!
    const whole = { seq, eventId, source, type, subject, version, at: at.toISOString() }
    expect(textOf(links[4]!)).toBe(canonical({ ...whole, data: JSON.parse(dataText) as unknown }))
  })

  it('gives the hash that is known for it', () => {
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
    expect(await prove(head, links, [links[9]!, head], size)).toEqual({
      whole: true,
      records: 20,
      lastHash: head.hash,
      faults: [],
    })
  })

  it('is whole when it is empty', async () => {
    expect(await prove(genesis, [])).toEqual({ whole: true, records: 0, faults: [] })
  })
})

describe('tampering', () => {
  const fields: Partial<LinkedRecord>[] = [
    { dataText: canonical({ nth: 9, who: { b: 'y', a: null } }) },
    { dataText: '{"who":{"a":null,"b":"x"},"nth":4}' },
    { eventId: uuidv7() },
    { source: 'auth' },
    { type: 'payment.failed' },
    { subject: 'stream 2 ' },
    { version: 2 },
    { at: new Date(at.getTime() + 1) },
  ]
  it.each(fields)('finds a changed field: %j', async (to) => {
    expect((await prove(head, change(5, to))).faults).toEqual([{ seq: 5, fault: 'changed' }])
  })

  it('finds a record that was changed and hashed anew by the one after it', async () => {
    const other = { ...links[4]!, dataText: '{}' }
    const records = change(5, { ...other, hash: hashOf(links[3]!.hash, other) })
    expect((await prove(head, records)).faults).toEqual([{ seq: 6, fault: 'changed' }])
  })

  it('finds changes in the first and in the last record', async () => {
    expect((await prove(head, change(1, { version: 9 }))).faults).toEqual([{ seq: 1, fault: 'changed' }])
    expect((await prove(head, change(20, { version: 9 }))).faults).toEqual([{ seq: 20, fault: 'changed' }])
  })

  it('finds the last record hashed anew by the head', async () => {
    const other = { ...links[19]!, dataText: '{}' }
    const records = change(20, { ...other, hash: hashOf(links[18]!.hash, other) })
    expect((await prove(head, records)).faults).toEqual([
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
  ])('finds records taken away: %s', async (_, gone, faults) => {
    expect(
      (
        await prove(
          head,
          links.filter((r) => !gone.includes(r.seq)),
        )
      ).faults,
    ).toEqual(faults)
  })

  it('finds that all are gone', async () => {
    expect((await prove(head, [])).faults).toEqual([{ seq: 1, fault: 'missing, and all up to 20' }])
  })

  it.each([
    [3, 5],
    [3, 4],
    [1, 20],
    [19, 20],
  ])('finds the records %i and %i exchanged, and blames no other', async (a, b) => {
    const { faults } = await prove({ ...head, hash: exchanged(a, b).at(-1)!.hash }, exchanged(a, b))
    expect(faults).toEqual([
      { seq: a, fault: `reordered: this is record ${b}` },
      { seq: b, fault: `reordered: this is record ${a}` },
    ])
  })

  it('finds a record put in between', async () => {
    const forged = { ...links[4]!, seq: 6, eventId: uuidv7() }
    const records = [...links.slice(0, 5), forged, ...links.slice(5).map((r) => ({ ...r, seq: r.seq + 1 }))]
    const { whole, faults } = await prove({ ...head, seq: 21 }, records)
    expect(whole).toBe(false)
    expect(faults[0]!.seq).toBe(6)
  })

  it('finds a chain that was rewritten as a whole, by the hash noted down', async () => {
    const other = chain(20)
    expect((await prove(other.head, other.links)).whole).toBe(true)
    expect((await prove(other.head, other.links, [links[9]!])).faults).toEqual([
      { seq: 10, fault: 'other than the hash noted down' },
    ])
  })

  it('finds a chain cut together with its head, by the hash noted down', async () => {
    const cut = links.slice(0, 12)
    expect((await prove(cut.at(-1)!, cut, [head])).faults).toEqual([
      { seq: 20, fault: 'noted down, and missing now: the chain was cut' },
    ])
  })

  it('names a bounded number of faults and still counts every record', async () => {
    const long = chain(400)
    const verdict = await prove(
      long.head,
      long.links.map((r) => ({ ...r, version: 7 })),
      [],
      50,
    )
    expect(verdict).toMatchObject({ whole: false, records: 400, lastHash: long.head.hash })
    expect(verdict.faults).toHaveLength(maxFaults)
  })
})
