// Which files of a folder are lists, and of which days; and what becomes of the others when one is refused.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Problem } from '@bahi/contracts/problem.ts'
import { expect, it } from 'vitest'
import { listsIn, sendLists } from './lists.ts'

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

it('are all sent when one is refused, which is named', async () => {
  const lists = ['2026-11-09', '2026-11-16', '2026-11-23'].map((listedOn) => ({
    path: `/lists/${listedOn}.csv`,
    listedOn,
  }))
  const taken: string[] = []
  const sending = sendLists(lists, ({ listedOn }) => {
    if (listedOn === '2026-11-09') return Promise.reject(new Error('the list is empty'))
    if (listedOn === '2026-11-16') return Promise.reject(new Problem('request-invalid', 'a part of none'))
    taken.push(listedOn)
    return Promise.resolve()
  })
  await expect(sending).rejects.toThrow(
    '/lists/2026-11-09.csv: the list is empty\n/lists/2026-11-16.csv: request-invalid: a part of none',
  )
  expect(taken).toEqual(['2026-11-23'])
})
