// The settings of blobs: what they choose, what they refuse, and what a service gets of it.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { testDataKeys } from '@bahi/testing/platform.ts'
import { s3Bucket, s3Keys, s3Region, startS3 } from '@bahi/testing/s3-server.ts'
import Type from 'typebox'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { memoryBus } from '../bus/memory-bus.ts'
import { memoryCache } from '../cache/memory-cache.ts'
import { systemClock } from '../clock.ts'
import { allServiceNames, startServices } from '../runtime/runtime.ts'
import type { AnyService } from '../runtime/service.ts'
import { generateServiceKeys } from '../transport/service-token.ts'
import { blobStorageOf, type BlobSettings } from './blob-config.ts'
import { createBlobs, type Blobs, type BlobStorage } from './blobs.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bahi-blobs-'))
})
afterAll(() => rm(folder, { recursive: true }))

const credentials = JSON.stringify(s3Keys)
const text = Buffer.from('a document')

describe('the settings of blobs', () => {
  it('choose nothing, a folder, or S3', async () => {
    expect(await blobStorageOf({})).toBeUndefined()
    const server = await startS3()
    const file = join(folder, 'credentials.json')
    await writeFile(file, credentials)
    const s3 = `s3://${s3Bucket}?region=${s3Region}&endpoint=${server.endpoint}`
    const settings: BlobSettings[] = [
      { BAHI_BLOBS: `file:${folder}` },
      { BAHI_BLOBS: pathToFileURL(folder).href },
      { BAHI_BLOBS: s3, BAHI_BLOBS_CREDENTIALS: credentials },
      { BAHI_BLOBS: s3, BAHI_BLOBS_CREDENTIALS_FILE: file },
    ]
    for (const each of settings) {
      const blobs = createBlobs('user', testDataKeys, (await blobStorageOf(each))!)
      await blobs.put('a', text)
      expect((await blobs.get('a'))?.content).toEqual(text)
    }
    await server.close()
  })

  const aws = 's3://documents?region=ap-south-1'
  it.each<[BlobSettings, string]>([
    [{ BAHI_BLOBS: 'ftp://x' }, 'neither file:<folder> nor s3:'],
    [{ BAHI_BLOBS: '/var/blobs' }, 'neither file:<folder> nor s3:'],
    [{ BAHI_BLOBS: 'file:' }, 'names no folder'],
    [{ BAHI_BLOBS: 'file:/is/not/there' }, 'there is no folder'],
    [{ BAHI_BLOBS: aws }, 'needs BAHI_BLOBS_CREDENTIALS'],
    [{ BAHI_BLOBS: aws, BAHI_BLOBS_CREDENTIALS: '{' }, 'is not JSON'],
    [
      { BAHI_BLOBS: aws, BAHI_BLOBS_CREDENTIALS: '{"accessKeyId":"a"}' },
      'BAHI_BLOBS_CREDENTIALS is malformed',
    ],
    [{ BAHI_BLOBS: aws, BAHI_BLOBS_CREDENTIALS_FILE: '/is/not/there' }, 'ENOENT'],
    ...[
      ['s3://documents', 'needs the region'],
      ['s3://?region=a', 'the name of a bucket'],
      ['s3:documents?region=a', 'the name of a bucket'],
      ['s3://documents/folder?region=a', 'the name of a bucket'],
      ['s3://key:secret@documents?region=a', 'contains no credentials'],
      [`${aws}&path=x`, 'path is not known'],
      [`${aws}&endpoint=localhost`, 'the endpoint is http or https'],
      [`${aws}&endpoint=http://localhost:9000/path`, 'the endpoint is http or https'],
    ].map(([place = '', message = '']): [BlobSettings, string] => [
      { BAHI_BLOBS: place, BAHI_BLOBS_CREDENTIALS: credentials },
      message,
    ]),
  ])('are refused when they are wrong: %j', async (settings, message) => {
    await expect(blobStorageOf(settings)).rejects.toThrow(message)
  })
})

describe('a service', () => {
  async function start(blobs: BlobStorage | undefined, hasKeys = true) {
    let found: Blobs | undefined
    const service: AnyService = {
      name: 'user',
      config: Type.Object({}),
      start(deps) {
        found = deps.blobs
        return { routes: () => undefined }
      },
    }
    const runtime = await startServices([service], {
      env: {},
      mode: 'sandbox',
      databaseUrl: () => '',
      bus: memoryBus(),
      cache: memoryCache(),
      blobs,
      clock: systemClock,
      logLevel: 'silent',
      dataKeys: () => (hasKeys ? testDataKeys : undefined),
      keys: await generateServiceKeys(allServiceNames),
    })
    return { runtime, blobs: found }
  }

  it('has none without the setting, or without data keys', async () => {
    const storage = await blobStorageOf({ BAHI_BLOBS: `file:${folder}` })
    for (const { runtime, blobs } of [await start(undefined), await start(storage, false)]) {
      expect(blobs).toBeUndefined()
      await runtime.close()
    }
  })

  it('has its own, and is ready but degraded while they are away', async () => {
    const own = await mkdtemp(join(tmpdir(), 'bahi-blobs-'))
    const { runtime, blobs } = await start(await blobStorageOf({ BAHI_BLOBS: `file:${own}` }))
    await blobs!.put('a', text)
    expect((await blobs!.get('a'))?.content).toEqual(text)
    const readiness = async () => (await runtime.readiness()).services['user']
    expect(await readiness()).toMatchObject({ status: 'ready', checks: { blobs: 'ok' } })
    await rm(own, { recursive: true })
    expect(await readiness()).toMatchObject({
      status: 'degraded',
      checks: { blobs: expect.stringContaining('cannot be used') as string },
    })
    await runtime.close()
  })
})
