// Packs of backups and archives: several pieces at once, and what earlier versions wrote.
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import { encrypt } from '@bahi/kit/crypto/aead.ts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { archivingTo } from './archiving.ts'
import { forEachAtOnce } from './at-once.ts'
import { backupKeyIn, sealingKey, type BackupKey } from './backup-key.ts'
import { createPack, readPacks, readWal, sha256, walFolder, type Chunk } from './repository.ts'

let folder: string
let key: BackupKey
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bahi-repository-'))
  key = await backupKeyIn(join(folder, 'key.json'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

it('pieces that are stored at once do not lie on each other', async () => {
  const pack = await createPack(folder, 'several', key.x)
  const pieces = Array.from({ length: 20 }, (_, nth) => Buffer.alloc(1_000 * (20 - nth), `piece ${nth}`))
  const chunks = await Promise.all(pieces.map((content) => pack.add(content, sha256(content))))
  await pack.close()
  const packs = readPacks(folder, key)
  const read = await Promise.all(chunks.map((chunk, nth) => packs.read(chunk, sha256(pieces[nth]!))))
  await packs.close()
  expect(read).toEqual(pieces)
})

it('reads what was deflated', async () => {
  const content = Buffer.from('as earlier versions stored it')
  const sealedFor = async (file: string, place: string): Promise<Chunk> => {
    const { key: fileKey, header } = sealingKey(key.x)
    const sealed = encrypt(fileKey, deflateSync(content), Buffer.from(place))
    await writeFile(file, Buffer.concat([header, sealed]))
    return { pack: 'old', offset: header.length, length: sealed.length }
  }
  const chunk = await sealedFor(join(folder, 'old.pack'), sha256(content))
  const packs = readPacks(folder, key)
  expect(await packs.read(chunk, sha256(content))).toEqual(content)
  await packs.close()
  await mkdir(walFolder(folder))
  await sealedFor(join(walFolder(folder), '0001.sealed'), '0001')
  expect(await readWal(folder, '0001', key)).toEqual(content)
})

it("the server's user may enter a repository that is made for its log, and only that user reads it", async () => {
  const made = join(folder, 'made', 'backups')
  await archivingTo(made, key.x, join(folder, 'postgres'))
  const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)
  expect([await modeOf(made), await modeOf(walFolder(made))]).toEqual(['711', '700'])
})

it('ends with the first error, and begins nothing after it', async () => {
  const begun: number[] = []
  const failing = forEachAtOnce([1, 2, 3, 4, 5, 6], 2, async (nth) => {
    begun.push(nth)
    await Promise.resolve()
    if (nth === 2) throw new Error('the disk is full')
  })
  await expect(failing).rejects.toThrow('the disk is full')
  expect(begun).not.toContain(6)
})
