// Works on several things at once, each of which waits for the disk or for a thread that compresses.

/** Of files and pieces of a backup: so many that neither the disk nor Node's threads wait for the other. */
export const filesAtOnce = 8

/** In their order, `count` at once. Rejects with the first error, once nothing is worked on any more. */
export async function forEachAtOnce<Item>(
  items: Iterable<Item>,
  count: number,
  run: (item: Item) => Promise<void>,
): Promise<void> {
  const left = items[Symbol.iterator]()
  const failures: unknown[] = []
  const work = async () => {
    for (let next = left.next(); !next.done && failures.length === 0; next = left.next())
      await run(next.value).catch((error: unknown) => failures.push(error))
  }
  await Promise.all(Array.from({ length: count }, work))
  if (failures.length > 0) throw failures[0]
}
