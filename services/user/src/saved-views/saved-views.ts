// Filters of the console's lists that an operator keeps under a name: sealed, and theirs alone.
import { maxSavedViews, type SavedView } from '@bahi/contracts/saved-views.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { SealedColumn } from '@bahi/kit/crypto/seal.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import type { Queryable } from '@bahi/kit/sql/sql.ts'
import { lockProfile } from '../profiles/store.ts'
import { countViews, upsertView, viewsOf } from './store.ts'

export const viewColumn: SealedColumn = { table: 'saved_views', column: 'view_sealed', row: 'id' }

export type ViewDeps = Pick<Deps, 'sql' | 'transaction' | 'clock' | 'seal'>

export async function savedViewsOf(
  { seal }: Pick<ViewDeps, 'seal'>,
  sql: Queryable,
  userId: string,
): Promise<SavedView[]> {
  const rows = await viewsOf(sql, userId)
  return rows.map(({ id, viewSealed }) => {
    const view = JSON.parse(seal.open(viewSealed, viewColumn, id)) as Omit<SavedView, 'id'>
    return { id, ...view }
  })
}

/**
 * Throws `wrong-state` above the limit, `id-reused` for the id of somebody else's, `not-found` when the person has no
 * profile.
 */
export async function saveView(
  deps: ViewDeps,
  userId: string,
  anyCaseId: string,
  { list, name, filters }: Omit<SavedView, 'id'>,
): Promise<SavedView> {
  const id = anyCaseId.toLowerCase()
  const view = { list, name: name.trim(), filters }
  const viewSealed = deps.seal.seal(JSON.stringify(view), viewColumn, id)
  await deps.transaction(async (tx) => {
    // One change of a person at a time: no two of them count each other out.
    if (!(await lockProfile(tx, userId))) throw new Problem('not-found', 'this person has no profile')
    if (!(await upsertView(tx, { userId, id, viewSealed, now: deps.clock.now() })))
      throw new Problem('id-reused')
    // The transaction is rolled back above the limit.
    if ((await countViews(tx, userId)) > maxSavedViews)
      throw new Problem('wrong-state', `${maxSavedViews} views can be saved: remove one first`)
  })
  return { id, ...view }
}
