// Gives a person a UPI ID that points at one of their accounts; the first one is primary.
import type { createVpa as contract } from '@bahi/contracts/account.ts'
import type { Input, Output } from '@bahi/contracts/call.ts'
import { normaliseVpa, splitVpa } from '@bahi/contracts/formats.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { payRules, rulesAt } from '@bahi/contracts/rules.ts'
import { maxVpasPerPerson } from '../bank-accounts/own-bank.ts'
import type { AccountDeps } from '../config.ts'
import { closedVpas, insertVpa, lockAccounts, vpasOf, type VpaRow } from './store.ts'
import { ownPhoneOf } from './own-phone.ts'
import { isNumber, isOwnNumber, refusalOf } from './vpa-rules.ts'
import { vpaStream } from './vpa-stream.ts'

const yearMs = 365 * 24 * 3_600_000

type VpaEntry = Output<typeof contract>

/**
 * The same again gives the same UPI ID, which is not new then. Throws `request-invalid`, `not-found` for an account
 * that is not theirs, `vpa-taken`, `id-reused` for one of their own at another account, `wrong-state` for too
 * many, open or closed, `phone-revoked` for the number.
 */
export async function createVpa(
  deps: AccountDeps,
  userId: string,
  asked: Input<typeof contract>['body'],
): Promise<{ isNew: boolean; entry: VpaEntry }> {
  const vpa = normaliseVpa(asked.vpa)
  const accountId = asked.accountId.toLowerCase()
  const name = splitVpa(vpa)?.name ?? ''
  const phone = isNumber(name) ? await ownPhoneOf(deps, userId) : ''
  const refusal = refusalOf(vpa, deps.config.BAHI_HANDLE, phone)
  if (refusal?.taken) throw new Problem('vpa-taken', refusal.why)
  if (refusal) {
    const fields = [{ path: '/body/vpa', message: refusal.why }]
    throw new Problem('request-invalid', refusal.why, { fields })
  }
  const { isNew, row } = await deps.transaction(async (tx) => {
    const accounts = await lockAccounts(tx, userId)
    if (!accounts.has(accountId)) throw new Problem('not-found', 'you have no such account')
    const before = await vpasOf(tx, userId)
    const own = before.find((one) => one.vpa === vpa)
    if (own && own.accountId !== accountId) {
      throw new Problem('id-reused', 'this UPI ID is yours already, for another account: change it there')
    }
    if (own) return { isNew: false, row: own }
    if (before.length >= maxVpasPerPerson) {
      throw new Problem('wrong-state', `${maxVpasPerPerson} UPI IDs are the most`)
    }
    const now = deps.clock.now()
    const closed = await closedVpas(tx, userId, new Date(now.getTime() - yearMs))
    const { closedVpasPerYear } = rulesAt(payRules, now)
    if (closed.length >= closedVpasPerYear && !closed.includes(vpa)) {
      throw new Problem(
        'wrong-state',
        `you have closed ${closed.length} UPI IDs within a year: take one of them`,
      )
    }
    const row = { vpa, accountId, primary: before.length === 0, createdAt: now }
    const mark = vpaStream(deps.seal, vpa)
    if (!(await insertVpa(tx, userId, { ...row, mark }, isOwnNumber(name, phone))))
      throw new Problem('vpa-taken')
    const data = { userId, accountId, vpa, primary: row.primary }
    await deps.append(tx, { type: 'account.vpa-created', stream: mark, data })
    return { isNew: true, row }
  })
  return { isNew, entry: entryOf(row) }
}

/** The primary one first. */
export async function listVpas(deps: Pick<AccountDeps, 'sql'>, userId: string): Promise<VpaEntry[]> {
  return (await vpasOf(deps.sql, userId)).map(entryOf)
}

export function entryOf(row: VpaRow): VpaEntry {
  return { ...row, createdAt: row.createdAt.toISOString() }
}
