// UPI numbers: switched on at their person's request, led to another UPI ID, switched off.
import type { Input, Output } from '@bahi/contracts/call.ts'
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import {
  isMobile,
  numberFault,
  numberRules,
  numberVpa,
  type NumberFault,
} from '@bahi/contracts/number-rules.ts'
import type { RequireStepUp } from '@bahi/kit/http/http.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { rulesAt } from '@bahi/contracts/rules.ts'
import type { listNumbers as listContract, setNumber as contract } from '@bahi/contracts/upi-numbers.ts'
import type { Seal } from '@bahi/kit/crypto/seal.ts'
import type { NewEvent } from '@bahi/kit/events/events.ts'
import type { AccountDeps } from '../config.ts'
import { ownPhoneOf } from './own-phone.ts'
import { isOwnNumber } from './vpa-rules.ts'
import { lockAccounts, vpasOf } from './store.ts'
import { countTaken, numbersOf, releaseNumberRow, upsertNumber, type NumberRow } from './store-numbers.ts'
import { vpaStream } from './vpa-stream.ts'

const yearMs = 365 * 24 * 3_600_000

const why: Record<NumberFault, string> = {
  length: 'has 8 to 9 digits, or is your mobile number',
  zero: 'begins with no 0',
  same: 'has not only equal digits',
  ending: 'does not end in three equal digits',
}

export async function listNumbers(
  deps: Pick<AccountDeps, 'sql'>,
  userId: string,
): Promise<Output<typeof listContract>> {
  return { numbers: (await numbersOf(deps.sql, userId)).map(viewOf) }
}

/**
 * From now on who pays the number pays this UPI ID. The same again changes nothing and needs no proof. Throws
 * `request-invalid` for digits that the rules exclude, `not-found` for a UPI ID that is not theirs, `number-taken` when
 * somebody else has or had it, or it is the phone of somebody else, `phone-revoked`, `wrong-state` for too many, and
 * the problems of the proof.
 */
export async function setNumber(
  deps: AccountDeps,
  userId: string,
  number: string,
  { vpa: asked }: Pick<Input<typeof contract>['body'], 'vpa'>,
  requireStepUp: RequireStepUp,
): Promise<Output<typeof contract>> {
  const vpa = normaliseVpa(asked)
  const rules = rulesAt(numberRules, deps.clock.now())
  const fault = numberFault(number, rules)
  if (fault) {
    const fields = [{ path: '/params/number', message: why[fault] }]
    throw new Problem('request-invalid', `a UPI number ${why[fault]}`, { fields })
  }
  const before = (await numbersOf(deps.sql, userId)).find((row) => row.number === number)
  if (before?.vpa === vpa) return viewOf(before)
  const isOwnMobile = isMobile(number) && isOwnNumber(number, await ownPhoneOf(deps, userId))
  if (isMobile(number) && !isOwnMobile)
    throw new Problem('number-taken', 'a mobile number can only be the one that you have proven')
  await requireStepUp()
  return deps.transaction(async (tx) => {
    // The person's lock: no two of their numbers are counted at once, and none leads to a UPI ID being closed.
    await lockAccounts(tx, userId)
    const target = (await vpasOf(tx, userId)).find((row) => row.vpa === vpa)
    if (!target) throw new Problem('not-found', 'you have no such UPI ID')
    const now = deps.clock.now()
    const rows = await numbersOf(tx, userId)
    const current = rows.find((one) => one.number === number)
    if (!current && rows.length >= rules.perPerson)
      throw new Problem('wrong-state', `${rules.perPerson} UPI numbers are the most: switch one off first`)
    if (!current && (await countTaken(tx, userId, new Date(now.getTime() - yearMs))) >= rules.perYear)
      throw new Problem('wrong-state', `${rules.perYear} UPI numbers a year are the most`)
    const row = { number, vpa, since: now }
    const mark = vpaStream(deps.seal, numberVpa(number))
    if (!(await upsertNumber(tx, userId, { ...row, mark }, isOwnMobile)))
      throw new Problem('number-taken', 'this UPI number is taken')
    const data = { userId, accountId: target.accountId, upiNumber: number, vpa }
    await deps.append(tx, { type: 'account.number-set', stream: mark, data })
    return viewOf(row)
  })
}

/** Throws `not-found`, and the problems of the proof. */
export async function releaseNumber(
  deps: AccountDeps,
  userId: string,
  number: string,
  requireStepUp: RequireStepUp,
): Promise<void> {
  const nothing = () => new Problem('not-found', 'you have no such UPI number')
  if (!(await numbersOf(deps.sql, userId)).some((row) => row.number === number)) throw nothing()
  await requireStepUp()
  await deps.transaction(async (tx) => {
    const vpa = await releaseNumberRow(tx, userId, number, deps.clock.now())
    if (vpa === undefined) throw nothing()
    await deps.append(tx, numberReleased(deps.seal, { userId, number, vpa, by: 'owner' }))
  })
}

/** `by`: the person, or because the UPI ID that it led to was closed, or the phone is another now. */
export function numberReleased(
  seal: Pick<Seal, 'fingerprint'>,
  { userId, number, vpa, by }: { userId: string; number: string; vpa: string; by: 'owner' | 'vpa' | 'phone' },
): NewEvent {
  return {
    type: 'account.number-released',
    stream: vpaStream(seal, numberVpa(number)),
    data: { userId, upiNumber: number, vpa, by },
  }
}

function viewOf({ since, ...row }: NumberRow): Output<typeof contract> {
  return { ...row, since: since.toISOString() }
}
