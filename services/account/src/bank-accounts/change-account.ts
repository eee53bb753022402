// Which account pays unless another is chosen, and unlinking one.
import type { Account } from '@bahi/contracts/account.ts'
import type { Input } from '@bahi/contracts/call.ts'
import type { unlinkAccount as unlinkContract } from '@bahi/contracts/linked-accounts.ts'
import type { RequireStepUp } from '@bahi/kit/http/http.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { AccountDeps } from '../config.ts'
import { refreshElsewhere } from '../mandates/operate-elsewhere.ts'
import { lockAccounts, updateVpas, vpasOf } from '../upi-ids/store.ts'
import { ownAccount, showAccount } from './show-accounts.ts'
import { hasLiveMandates, makeDefault, unlink } from './store.ts'
import { vpaStream } from '../upi-ids/vpa-stream.ts'

/** Throws `not-found`. What changes nothing is no event. */
export async function chooseDefault(deps: AccountDeps, userId: string, anyCaseId: string): Promise<Account> {
  const accountId = anyCaseId.toLowerCase()
  await deps.transaction(async (tx) => {
    const accounts = await lockAccounts(tx, userId)
    if (!accounts.has(accountId)) throw new Problem('not-found', 'you have no such account')
    if (!(await makeDefault(tx, userId, accountId))) return
    await deps.append(tx, { type: 'account.default-chosen', stream: accountId, data: { userId, accountId } })
  })
  return showAccount(deps, userId, accountId)
}

/**
 * From now on nothing is paid from it, and it is found by no address. Its UPI IDs must be closed or led elsewhere
 * first, no mandate may debit it, and no money of it may be held. A payment that has begun ends as it would have: what
 * it needs is in its own row. The row stays, because payments name it, and linking the account again gives the same
 * id. Throws the problems of its contract.
 */
export async function unlinkAccount(
  deps: AccountDeps,
  userId: string,
  anyCaseId: string,
  { moveVpasTo }: Pick<Input<typeof unlinkContract>['body'], 'moveVpasTo'>,
  requireStepUp: RequireStepUp,
): Promise<void> {
  const accountId = anyCaseId.toLowerCase()
  const { bank, maskedNumber } = await ownAccount(deps, userId, accountId)
  await requireStepUp()
  await refreshElsewhere(deps, [accountId])
  await deps.transaction(async (tx) => {
    const accounts = await lockAccounts(tx, userId)
    if (!accounts.has(accountId)) throw new Problem('not-found', 'you have no such account')
    const target = moveVpasTo?.toLowerCase()
    if (target !== undefined && (target === accountId || !accounts.has(target)))
      throw new Problem('not-found', 'you have no such account to move UPI IDs to')
    const leading = (await vpasOf(tx, userId)).filter((row) => row.accountId === accountId)
    if (leading.length > 0 && target === undefined) {
      const names = leading.map(({ vpa }) => vpa).join(', ')
      throw new Problem(
        'account-has-vpas',
        `${names}: close them, or name the account that they lead to instead`,
      )
    }
    if (await hasLiveMandates(tx, [accountId], { handle: deps.config.BAHI_HANDLE, at: deps.clock.now() }))
      throw new Problem('account-has-mandates', 'mandates debit this account: revoke them first')
    const moved = target === undefined ? [] : leading.map((row) => ({ ...row, accountId: target }))
    await updateVpas(tx, moved)
    if (!(await unlink(tx, accountId, deps.clock.now())))
      throw new Problem('account-has-holds', 'money is held for a payment from it: wait until that has ended')
    await deps.append(
      tx,
      ...moved.map(({ vpa, primary, accountId: to }) => {
        const data = { userId, accountId: to, vpa, primary }
        return { type: 'account.vpa-changed' as const, stream: vpaStream(deps.seal, vpa), data }
      }),
      { type: 'account.unlinked', stream: accountId, data: { userId, accountId, bank, maskedNumber } },
    )
  })
}
