// Which files of a folder are lists, and of which days.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { listsIn } from './lists.ts'

it('are those that are named by a day, oldest first', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bahi-lists-'))
  try {
    await expect(listsIn(folder)).rejects.toThrow('has no list')
    const names = [
      '2026-11-23.csv',
      '2026-11-16.txt',
      '2026-02-30.csv',
      '2026-11-23.csv.part',
      'lost+found',
      '.csv',
    ]
    for (const name of names) await writeFile(join(folder, name), '')
    expect(await listsIn(folder)).toEqual([
      { path: join(folder, '2026-11-16.txt'), listedOn: '2026-11-16' },
      { path: join(folder, '2026-11-23.csv'), listedOn: '2026-11-23' },
    ])
  } finally {
    await rm(folder, { recursive: true })
  }
})
