// What blobs guarantee, in a folder and in S3.
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { s3Bucket, s3Keys, s3Region, startS3, type S3Server } from '@bahi/testing/s3-server.ts'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createKeyRing, encrypt } from '../crypto/aead.ts'
import { newDataKeys, withNewKey } from '../crypto/data-keys.ts'
import { createBlobs, maxBlobBytes, type Blobs, type BlobStorage } from './blobs.ts'
import { folderStorage } from './folder-storage.ts'
import { s3Storage } from './s3-storage.ts'

let folder: string
let server: S3Server
beforeAll(async () => {
  server = await startS3()
})
afterAll(() => server.close())
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bahi-blobs-'))
  server.objects.clear()
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const s3 = () =>
  s3Storage({
    endpoint: server.endpoint,
    bucket: s3Bucket,
    region: s3Region,
    credentials: () => Promise.resolve(s3Keys),
  })

const keys = newDataKeys()
const text = Buffer.from('PAN ABCDE1234F, Asha ₹')
/** SHA-256 of nothing. */
const emptyHash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

describe.each([
  { adapter: 'a folder', make: () => folderStorage(folder) },
  { adapter: 'S3', make: s3 },
])('blobs in $adapter', ({ make }) => {
  let storage: BlobStorage
  let blobs: Blobs
  beforeEach(() => {
    storage = make()
    blobs = createBlobs('user', keys, storage)
  })
  const sealed = async (name: string) => (await storage.read(`user/${name}`))!

  it('give back what was put, with its hash, until it is replaced or deleted', async () => {
    expect(await blobs.get('kyc/pan')).toBeUndefined()
    const { sha256 } = await blobs.put('kyc/pan', text)
    expect(await blobs.get('kyc/pan', sha256)).toEqual({ content: text, sha256 })
    const bytes = randomBytes(70_000)
    await blobs.put('kyc/pan', bytes)
    expect((await blobs.get('kyc/pan'))?.content.equals(bytes)).toBe(true)
    expect(await blobs.put('kyc/pan', Buffer.alloc(0))).toEqual({ sha256: emptyHash })
    expect(await blobs.get('kyc/pan')).toEqual({ content: Buffer.alloc(0), sha256: emptyHash })
    await blobs.delete('kyc/pan')
    await blobs.delete('kyc/pan')
    await blobs.delete('never/put')
    expect(await blobs.get('kyc/pan')).toBeUndefined()
    await blobs.check()
  })

  it('take as many bytes as the limit, and not one more', async () => {
    const largest = Buffer.alloc(maxBlobBytes, 7)
    await blobs.put('largest', largest)
    expect((await blobs.get('largest'))?.content.equals(largest)).toBe(true)
    await expect(blobs.put('larger', Buffer.alloc(maxBlobBytes + 1))).rejects.toMatchObject({
      code: 'body-too-large',
    })
    expect(await blobs.list()).toEqual(['largest'])
  })

  it('do not read what is larger than any blob', async () => {
    await storage.write('user/a', Buffer.alloc(maxBlobBytes + 1_000))
    await expect(blobs.get('a')).rejects.toThrow('than any may have')
  })

  it.each([
    '',
    '.',
    '..',
    '../user/a',
    'a/../b',
    '/a',
    'a/',
    'a//b',
    'a\\b',
    'a\0',
    'a.b',
    'a/b.c',
    'a/B',
    'A',
    'é',
    '%2e',
    'a\n',
    'a?b',
  ])('refuse the name %j', async (name) => {
    const refusal = 'is no name of a blob'
    await expect(blobs.put(name, text)).rejects.toThrow(refusal)
    await expect(blobs.get(name)).rejects.toThrow(refusal)
    await expect(blobs.delete(name)).rejects.toThrow(refusal)
    await expect(blobs.list({ under: name })).rejects.toThrow(refusal)
    await expect(blobs.list({ after: name })).rejects.toThrow(refusal)
  })

  it('take names of 200 characters, and no longer ones', async () => {
    const longest = 'a'.repeat(200)
    await blobs.put(longest, text)
    expect(await blobs.list()).toEqual([longest])
    await expect(blobs.put(`${longest}a`, text)).rejects.toThrow('is no name of a blob')
  })

  it('are listed in order, in part and in pieces', async () => {
    const names = ['a', 'a-b', 'a/1', 'a/2/x', 'a/2/y', 'a/3', 'ab', 'b/1', 'b_1']
    for (const name of [...names].reverse()) await blobs.put(name, text)
    await createBlobs('auth', keys, storage).put('a/9', text)
    expect(await blobs.list()).toEqual([...names].sort())
    expect(await blobs.list({ under: 'a' })).toEqual(['a/1', 'a/2/x', 'a/2/y', 'a/3'])
    expect(await blobs.list({ under: 'a/2' })).toEqual(['a/2/x', 'a/2/y'])
    expect(await blobs.list({ under: 'c' })).toEqual([])
    const pieces: string[][] = []
    for (let after: string | undefined; ;) {
      const piece = await blobs.list({ limit: 4, ...(after === undefined ? {} : { after }) })
      if (piece.length === 0) break
      pieces.push(piece)
      after = piece.at(-1)
    }
    expect(pieces.map((piece) => piece.length)).toEqual([4, 4, 1])
    expect(pieces.flat()).toEqual([...names].sort())
    expect(await blobs.list({ under: 'a', after: 'a/2/x', limit: 1 })).toEqual(['a/2/y'])
  })

  it('of a service are its own', async () => {
    const others = createBlobs('auth', keys, storage)
    await blobs.put('a', text)
    expect(await others.get('a')).toBeUndefined()
    expect(await others.list()).toEqual([])
    await storage.write('auth/a', await sealed('a'))
    await expect(others.get('a')).rejects.toThrow('does not open')
  })

  it('are stored sealed: they name their key, show nothing, and look different each time', async () => {
    await blobs.put('a', text)
    const first = await sealed('a')
    await blobs.put('a', text)
    expect(first.toString('latin1').startsWith(`1.${keys.current}.`)).toBe(true)
    expect(first.includes('ABCDE1234F')).toBe(false)
    expect((await sealed('a')).equals(first)).toBe(false)
  })

  it.each([
    ['changed', (bytes: Buffer) => bytes.fill(bytes.at(-1)! ^ 1, bytes.length - 1)],
    ['cut', (bytes: Buffer) => bytes.subarray(0, -5)],
    ['extended', (bytes: Buffer) => Buffer.concat([bytes, Buffer.from('x')])],
    ['empty', () => Buffer.alloc(0)],
    ['not sealed', () => text],
    [
      'in another format',
      (bytes: Buffer) => Buffer.from(bytes.toString('latin1').replace('1', '2'), 'latin1'),
    ],
  ])('do not open when they are %s', async (_how, change) => {
    await blobs.put('a', text)
    await storage.write('user/a', change(Buffer.from(await sealed('a'))))
    await expect(blobs.get('a')).rejects.toThrow('the blob a of user does not open')
  })

  it.each([
    ['its hash', text, true],
    ['another hash', Buffer.from('another'), false],
  ])('open only with the hash of their content: %s', async (_which, hashed, opens) => {
    const ring = createKeyRing('user', keys, 'bahi blob 1')
    const plain = Buffer.concat([createHash('sha256').update(hashed).digest(), text])
    const body = encrypt(ring.current, plain, Buffer.from('blob\0user\0a'))
    await storage.write('user/a', Buffer.concat([Buffer.from(`1.${keys.current}.`), body]))
    if (opens) expect((await blobs.get('a'))?.content).toEqual(text)
    else await expect(blobs.get('a')).rejects.toThrow('the blob a of user does not open')
  })

  it('do not open under another name or another key', async () => {
    await blobs.put('a', text)
    await storage.write('user/b', await sealed('a'))
    await expect(blobs.get('b')).rejects.toThrow('the blob b of user does not open')
    await expect(createBlobs('user', newDataKeys(), storage).get('a')).rejects.toMatchObject({
      cause: { message: expect.stringContaining('which is not known here') as string },
    })
  })

  it('that were put back in an older state are noticed by the hash', async () => {
    await blobs.put('a', text)
    const older = await sealed('a')
    const { sha256 } = await blobs.put('a', Buffer.from('newer'))
    await storage.write('user/a', older)
    await expect(blobs.get('a', sha256)).rejects.toThrow('is not the one that was put')
  })

  it('open under an older key, and are put under the current one', async () => {
    await blobs.put('a', text)
    const rotated = withNewKey(keys)
    const after = createBlobs('user', rotated, storage)
    expect((await after.get('a'))?.content).toEqual(text)
    await after.put('a', text)
    expect((await sealed('a')).toString('latin1').startsWith(`1.${rotated.current}.`)).toBe(true)
  })

  it('are read whole while they are replaced', async () => {
    const contents = Array.from({ length: 8 }, (_, nth) => Buffer.alloc(50_000 + nth, nth))
    await blobs.put('a', contents[0]!)
    const puts = Promise.all(contents.map((content) => blobs.put('a', content)))
    for (let nth = 0; nth < 20; nth++) {
      const { content } = (await blobs.get('a'))!
      expect(content.equals(contents[content.length - 50_000]!)).toBe(true)
    }
    await puts
    expect(await blobs.list()).toEqual(['a'])
  })
})
