// Closes UPI IDs: by their owner, by an operator who decided a dispute, or because they break the rules.
import { personOf } from '@bahi/contracts/auth.ts'
import type { Input } from '@bahi/contracts/call.ts'
import type { EventData } from '@bahi/contracts/events.ts'
import { normaliseVpa, splitVpa } from '@bahi/contracts/formats.ts'
import type { RequireStepUp } from '@bahi/kit/http/http.ts'
import { isMobile, numberVpa } from '@bahi/contracts/number-rules.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { releaseOldNumber as contract } from '@bahi/contracts/upi-numbers.ts'
import type { Worker } from '@bahi/kit/runtime/worker.ts'
import type { AccountDeps } from '../config.ts'
import { numbersOf, regainNumbers, releaseNumberRow, releaseNumbersOf } from './store-numbers.ts'
import { numberReleased } from './upi-numbers.ts'
import { isNumber, isOwnNumber, refusalOf } from './vpa-rules.ts'
import {
  lockAccounts,
  markChecked,
  reopenVpa,
  revokedVpas,
  releaseVpaRow,
  ownerOfVpa,
  uncheckedVpas,
  updateVpas,
  vpasOf,
} from './store.ts'
import { vpaStream } from './vpa-stream.ts'

const checkEveryMs = 60_000
const maxChecked = 200

/** `isRevoked`: the phone that it names is on a list of disconnected numbers, until its person proves it. */
type By = Pick<EventData<'account.vpa-released'>, 'by' | 'operatorId' | 'note'> & { isRevoked?: boolean }

/**
 * From now on nobody can pay it, and nobody else gets it; an owner who closed it may take it again, and a number goes
 * to the person with this phone who asks for it. Closing the primary one makes the oldest other primary; UPI numbers
 * that lead to it are switched off. Throws
 * `not-found`.
 */
async function releaseVpa(
  deps: AccountDeps,
  userId: string,
  vpa: string,
  { isRevoked = false, ...by }: By,
): Promise<void> {
  const asked = normaliseVpa(vpa)
  await deps.transaction(async (tx) => {
    await lockAccounts(tx, userId)
    const rows = await vpasOf(tx, userId)
    const row = rows.find((one) => one.vpa === asked)
    if (!row) throw new Problem('not-found', 'there is no such UPI ID')
    await releaseVpaRow(tx, asked, isRevoked ? 'revoked' : by.by, deps.clock.now())
    const next = row.primary ? rows.find((one) => one !== row) : undefined
    if (next) await updateVpas(tx, [{ ...next, primary: true }])
    const { accountId } = row
    const numbers = await releaseNumbersOf(tx, asked, deps.clock.now(), isRevoked)
    await deps.append(
      tx,
      {
        type: 'account.vpa-released',
        stream: vpaStream(deps.seal, asked),
        data: { userId, accountId, vpa: asked, ...by },
      },
      ...numbers.map((number) => numberReleased(deps.seal, { userId, number, vpa: asked, by: 'vpa' })),
      ...(next
        ? [
            {
              type: 'account.vpa-changed' as const,
              stream: vpaStream(deps.seal, next.vpa),
              data: { userId, accountId: next.accountId, vpa: next.vpa, primary: true },
            },
          ]
        : []),
    )
  })
}

/** By its owner, who proves to be it. Throws the problems of its contract. */
export async function releaseOwnVpa(
  deps: AccountDeps,
  userId: string,
  vpa: string,
  requireStepUp: RequireStepUp,
): Promise<void> {
  if ((await ownerOfVpa(deps.sql, normaliseVpa(vpa))) !== userId)
    throw new Problem('not-found', 'you have no such UPI ID')
  await requireStepUp()
  await releaseVpa(deps, userId, vpa, { by: 'owner' })
}

/** For an operator, who decided a dispute about it; their reason is in the event. Throws `not-found`. */
export async function withdrawVpa(
  deps: AccountDeps,
  operatorId: string,
  vpa: string,
  note: string,
): Promise<{ vpa: string; userId: string }> {
  const asked = normaliseVpa(vpa)
  const userId = await ownerOfVpa(deps.sql, asked)
  if (userId === undefined) throw new Problem('not-found', 'nobody has this UPI ID')
  await releaseVpa(deps, userId, asked, { by: 'operator', operatorId, note })
  return { vpa: asked, userId }
}

/**
 * What is a phone number is for who has proven it: with another phone now, or none, the person's UPI IDs and UPI
 * numbers that are the old one lead nowhere, and are free for its next holder. What was closed because the phone was
 * revoked, and nobody else has by now, is theirs again with the same phone. Doing it again changes nothing.
 */
export async function releaseOldNumber(
  deps: AccountDeps,
  userId: string,
  { phone, revoked: isRevoked = false }: Input<typeof contract>['body'],
): Promise<void> {
  if (phone !== null) await regainNumber(deps, userId, phone)
  const isOld = (number: string) => isMobile(number) && !isOwnNumber(number, phone ?? '')
  for (const { number } of (await numbersOf(deps.sql, userId)).filter((row) => isOld(row.number)))
    await deps.transaction(async (tx) => {
      const vpa = await releaseNumberRow(tx, userId, number, deps.clock.now(), isRevoked)
      if (vpa !== undefined)
        await deps.append(tx, numberReleased(deps.seal, { userId, number, vpa, by: 'phone' }))
    })
  for (const { vpa } of await vpasOf(deps.sql, userId)) {
    const { name, handle } = splitVpa(vpa) ?? {}
    if (name !== undefined && isNumber(name) && refusalOf(vpa, handle ?? '', phone ?? '')?.taken)
      await releaseVpa(deps, userId, vpa, { by: 'rules', isRevoked })
  }
}

async function regainNumber(deps: AccountDeps, userId: string, phone: string): Promise<void> {
  await deps.transaction(async (tx) => {
    await lockAccounts(tx, userId)
    for (const { wasPrimary, ...closed } of await revokedVpas(tx, userId)) {
      const { name, handle } = splitVpa(closed.vpa) ?? {}
      if (name === undefined || refusalOf(closed.vpa, handle ?? '', phone)?.taken) continue
      const before = (await vpasOf(tx, userId)).find(({ primary }) => primary)
      const row = { ...closed, primary: wasPrimary || before === undefined }
      await reopenVpa(tx, row.vpa)
      if (row.primary) await updateVpas(tx, [...(before ? [{ ...before, primary: false }] : []), row])
      const { vpa, accountId, primary } = row
      await deps.append(tx, {
        ...{ type: 'account.vpa-created' as const, stream: vpaStream(deps.seal, vpa) },
        data: { userId, accountId, vpa, primary },
      })
    }
    const accounts = new Map((await vpasOf(tx, userId)).map((row) => [row.vpa, row.accountId]))
    for (const { number, vpa } of await regainNumbers(tx, userId, phone.slice(-10)))
      await deps.append(tx, {
        ...{ type: 'account.number-set' as const, stream: vpaStream(deps.seal, numberVpa(number)) },
        data: { userId, accountId: accounts.get(vpa)!, upiNumber: number, vpa },
      })
  })
}

/** Closes UPI IDs that were issued under older rules and break those of now; each is looked at once. */
export function checkVpasWorker(deps: AccountDeps): Worker {
  return {
    name: 'check UPI IDs',
    intervalMs: checkEveryMs,
    async run() {
      const rows = await uncheckedVpas(deps.sql, maxChecked)
      const kept: string[] = []
      for (const { vpa, userId } of rows) {
        const isAllowed = await followsRules(deps, vpa, userId)
        if (isAllowed) kept.push(vpa)
        else await releaseVpa(deps, userId, vpa, { by: 'rules' })
      }
      await markChecked(deps.sql, kept, deps.clock.now())
      return rows.length === maxChecked
    },
  }
}

async function followsRules(deps: AccountDeps, vpa: string, userId: string): Promise<boolean> {
  const parts = splitVpa(vpa)
  // Another handle was in use when it was issued.
  if (!parts) return true
  const phone = isNumber(parts.name) ? (await deps.call(personOf, { params: { userId } })).phone : ''
  return refusalOf(vpa, parts.handle, phone)?.taken !== true
}
