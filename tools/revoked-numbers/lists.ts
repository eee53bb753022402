// Lists of disconnected numbers in a folder, each named by its day.
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Problem } from '@bahi/contracts/problem.ts'
import { isDate, type IstDate } from '@bahi/contracts/recurrence.ts'
import { refusalOf } from '@bahi/platform/operator-login.ts'

export type ListFile = { path: string; listedOn: IstDate }

/** Such as `2026-11-23.csv`, oldest first; other names are left alone. Throws when there is none. */
export async function listsIn(folder: string): Promise<ListFile[]> {
  const found = (await readdir(folder)).flatMap((name) => {
    const day = /^(\d{4}-\d\d-\d\d)\.(csv|txt)$/.exec(name)?.[1]
    return day !== undefined && isDate(day) ? [{ path: join(folder, name), listedOn: day }] : []
  })
  if (found.length === 0)
    throw new Error(`${folder} has no list that is named by its day, such as 2026-11-23.csv`)
  return found.sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** One that is refused keeps no other back. Rejects with what is wrong with each, by its file. */
export async function sendLists(lists: ListFile[], send: (list: ListFile) => Promise<void>): Promise<void> {
  const faults: string[] = []
  for (const list of lists)
    await send(list).catch((error: unknown) => faults.push(`${list.path}: ${reasonOf(error)}`))
  if (faults.length > 0) throw new Error(faults.join('\n'))
}

export const reasonOf = (error: unknown): string =>
  error instanceof Problem ? refusalOf(error) : (error as Error).message
