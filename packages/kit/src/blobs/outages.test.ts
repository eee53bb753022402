// Blobs whose storage is away, refuses, or answers wrongly: never "there is no such blob", never another content.
import { mkdir, mkdtemp, readdir, rename, rm, stat, symlink, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { s3Bucket, s3Keys, s3Region, startS3, type S3Fault, type S3Server } from '@bahi/testing/s3-server.ts'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newDataKeys } from '../crypto/data-keys.ts'
import { createBlobs, type Blobs } from './blobs.ts'
import { folderStorage } from './folder-storage.ts'
import { s3Storage, type S3Credentials, type S3Options } from './s3-storage.ts'

const keys = newDataKeys()
const text = Buffer.from('a document')

const calls = (blobs: Blobs) => [
  () => blobs.put('a', text),
  () => blobs.get('a'),
  () => blobs.delete('a'),
  () => blobs.list(),
  () => blobs.check(),
]

async function allUnavailable(blobs: Blobs, reason: string): Promise<void> {
  for (const call of calls(blobs))
    await expect(call()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(reason) as string,
    })
}

describe('a folder', () => {
  let folder: string
  let blobs: Blobs
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bahi-blobs-'))
    blobs = createBlobs('user', keys, folderStorage(folder))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  it('that is not there makes blobs unavailable, and is not made', async () => {
    await blobs.put('a', text)
    await rm(folder, { recursive: true })
    await allUnavailable(blobs, 'ENOENT')
    await mkdir(folder)
    expect(await blobs.get('a')).toBeUndefined()
  })

  it('that is a file makes blobs unavailable', async () => {
    await rm(folder, { recursive: true })
    await writeFile(folder, '')
    await allUnavailable(blobs, 'cannot be used')
  })

  it('keeps the old content when a write fails, and leaves nothing unfinished', async () => {
    await blobs.put('a', text)
    // A folder in place of the file: the rename fails.
    await mkdir(join(folder, 'user', 'b.blob', 'x'), { recursive: true })
    await expect(blobs.put('b', text)).rejects.toMatchObject({ code: 'unavailable' })
    expect((await blobs.get('a'))?.content).toEqual(text)
    expect(await blobs.list()).toEqual(['a'])
    expect(await readdir(join(folder, '.unfinished'))).toEqual([])
  })

  it('is readable by its owner alone, and what else lies in it is not listed', async () => {
    await blobs.put('a/b', text)
    await writeFile(join(folder, 'user', 'notes.txt'), '')
    await writeFile(join(folder, 'user', 'NOTES.blob'), '')
    expect(await blobs.list()).toEqual(['a/b'])
    if (process.platform === 'win32') return
    expect((await stat(join(folder, 'user', 'a', 'b.blob'))).mode & 0o777).toBe(0o600)
    expect((await stat(join(folder, 'user'))).mode & 0o777).toBe(0o700)
  })

  // A link to itself refuses even root, whom permissions do not stop.
  it('that refuses makes them unavailable', async () => {
    await blobs.put('a', text)
    await rename(join(folder, 'user'), join(folder, 'aside'))
    await symlink(join(folder, 'user'), join(folder, 'user'))
    await expect(blobs.get('a')).rejects.toMatchObject({ code: 'unavailable' })
    await unlink(join(folder, 'user'))
    await rename(join(folder, 'aside'), join(folder, 'user'))
    expect(await blobs.get('a')).toBeDefined()
  })
})

describe('S3', () => {
  let server: S3Server
  beforeAll(async () => {
    server = await startS3()
  })
  afterAll(() => server.close())
  afterEach(() => server.works())

  const s3 = (options: Partial<S3Options> = {}) =>
    createBlobs(
      'user',
      keys,
      s3Storage({
        endpoint: server.endpoint,
        bucket: s3Bucket,
        region: s3Region,
        credentials: () => Promise.resolve(s3Keys),
        ...options,
      }),
    )

  it.each<[string, Partial<S3Options>, string]>([
    ['a wrong secret', { credentials: () => Promise.resolve({ ...s3Keys, secretAccessKey: 'x' }) }, '403'],
    ['an unknown key', { credentials: () => Promise.resolve({ ...s3Keys, accessKeyId: 'x' }) }, '403'],
    ['another region', { region: 'eu-west-1' }, '403'],
    ['no such bucket', { bucket: 'other' }, '404'],
    ['no server', { endpoint: 'http://127.0.0.1:1' }, 'cannot be used'],
    [
      'credentials that cannot be read',
      { credentials: () => Promise.reject(new Error('no file')) },
      'no file',
    ],
  ])('with %s is unavailable', async (_why, options, reason) => {
    await s3().put('a', text)
    await allUnavailable(s3(options), reason)
    expect((await s3().get('a'))?.content).toEqual(text)
  })

  it.each<[S3Fault, string]>([
    [500, '500 InternalError'],
    [503, '503 InternalError'],
    ['redirect', '307'],
  ])('that answers %s is unavailable, and works again', async (fault, reason) => {
    await s3().put('a', text)
    server.fail(fault)
    const { message } = (await s3()
      .get('a')
      .catch((error: unknown) => error)) as Error
    expect(message).toContain(reason)
    await allUnavailable(s3(), String(reason.split(' ')[0]))
    server.works()
    expect((await s3().get('a'))?.content).toEqual(text)
  })

  it('that fails for a moment is asked again', async () => {
    await s3().put('a', text)
    for (const fault of [500, 429, 'truncate'] as const) {
      server.fail(fault, 2)
      const before = server.count()
      expect((await s3().get('a'))?.content).toEqual(text)
      expect(server.count() - before).toBe(3)
    }
  })

  it('that refuses is not asked again', async () => {
    server.fail(403)
    const before = server.count()
    await expect(s3().get('a')).rejects.toMatchObject({ code: 'unavailable' })
    expect(server.count() - before).toBe(1)
  })

  it('that hangs is unavailable when the time is over', async () => {
    server.fail('hang')
    await allUnavailable(s3({ timeoutMs: 60 }), 'no answer in time')
  })

  it('whose answers break off is unavailable', async () => {
    await s3().put('a', text)
    server.fail('truncate')
    await expect(s3().get('a')).rejects.toMatchObject({ code: 'unavailable' })
    await expect(s3().list()).rejects.toMatchObject({ code: 'unavailable' })
  })

  it.each<S3Fault>(['replace', 'cut'])('whose content is wrong (%s) gives no blob', async (fault) => {
    await s3().put('a', text)
    server.fail(fault)
    await expect(s3().get('a')).rejects.toThrow('the blob a of user does not open')
    if (fault === 'replace') await expect(s3().list()).rejects.toMatchObject({ code: 'unavailable' })
  })

  it('is asked with the credentials of the moment, and with their token', async () => {
    const own = await startS3()
    let credentials: S3Credentials = s3Keys
    const blobs = s3({ endpoint: own.endpoint, credentials: () => Promise.resolve(credentials) })
    await blobs.put('a', text)
    own.demandToken('temporary')
    await expect(blobs.get('a')).rejects.toMatchObject({ code: 'unavailable' })
    credentials = { ...s3Keys, sessionToken: 'temporary' }
    expect((await blobs.get('a'))?.content).toEqual(text)
    await own.close()
  })
})
