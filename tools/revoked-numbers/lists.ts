// Lists of disconnected numbers in a folder, each named by its day.
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { istDateOf, type IstDate } from '@bahi/contracts/recurrence.ts'

export type ListFile = { path: string; listedOn: IstDate }

/** Such as `2026-11-23.csv`, oldest first; other names are left alone. Throws when there is none. */
export async function listsIn(folder: string): Promise<ListFile[]> {
  const found = (await readdir(folder)).flatMap((name) => {
    const day = /^(\d{4}-\d\d-\d\d)\.(csv|txt)$/.exec(name)?.[1]
    return day !== undefined && isDay(day) ? [{ path: join(folder, name), listedOn: day }] : []
  })
  if (found.length === 0)
    throw new Error(`${folder} has no list that is named by its day, such as 2026-11-23.csv`)
  return found.sort((a, b) => (a.path < b.path ? -1 : 1))
}

function isDay(text: string): text is IstDate {
  const at = new Date(`${text}T12:00:00+05:30`)
  return !Number.isNaN(at.getTime()) && istDateOf(at) === text
}
