// The entries of an account, newest first, a page at a time.
import type { statement as contract } from '@bahi/contracts/account.ts'
import type { Output } from '@bahi/contracts/call.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { isOnUs, ownAccount } from './show-accounts.ts'
import { entriesOf } from '../ledger/store.ts'

const defaultLimit = 20

/** @param page `before`: the `next` of the page before. Throws `not-found`, `bank-unreachable`, `request-invalid`. */
export async function showStatement(
  deps: Pick<Deps, 'sql'>,
  userId: string,
  id: string,
  page: { limit?: number; before?: string },
): Promise<Output<typeof contract>> {
  const account = await ownAccount(deps, userId, id)
  if (!isOnUs(account)) {
    const why = `${account.bankName} does not show a statement through us yet: use its own app`
    throw new Problem('bank-unreachable', why)
  }
  const limit = page.limit ?? defaultLimit
  const entries = await entriesOf(deps.sql, account.ledgerAccountId, { limit, before: nthOf(page.before) })
  const last = entries.at(-1)
  return {
    entries: entries.map(({ transferId, txnId, amountPaise, balancePaise, postedAt }) => {
      const inNetwork = txnId === null ? {} : { txnId }
      return { transferId, ...inNetwork, amountPaise, balancePaise, at: postedAt.toISOString() }
    }),
    ...(last && entries.length === limit && last.nth > 1 ? { next: String(last.nth) } : {}),
  }
}

function nthOf(before: string | undefined): number | undefined {
  if (before === undefined) return undefined
  if (/^[1-9][0-9]{0,14}$/.test(before)) return Number(before)
  const fields = [{ path: '/querystring/before', message: 'is not the `next` of a page' }]
  throw new Problem('request-invalid', 'before is not the `next` of a page', { fields })
}
