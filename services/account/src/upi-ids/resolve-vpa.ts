// Who is behind UPI IDs: the registered name for people, everything that paying needs for payment.
import type { findAccountPayee, resolveVpa as contract } from '@bahi/contracts/account.ts'
import type { findPayer as findPayerContract } from '@bahi/contracts/app-requests.ts'
import { findPerson } from '@bahi/contracts/auth.ts'
import type { resolveVpas as partiesContract, ResolvedVpa } from '@bahi/contracts/transfers.ts'
import type { Input, Output } from '@bahi/contracts/call.ts'
import { accountIn, accountVpa, normaliseVpa, splitVpa } from '@bahi/contracts/formats.ts'
import { numberIn } from '@bahi/contracts/number-rules.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { ownBank } from '../bank-accounts/own-bank.ts'
import type { AccountDeps } from '../config.ts'
import type { AddressResolver } from '../network/find-addresses.ts'
import { vpaOfNumber } from './store-numbers.ts'
import { openLinkHolder } from '../sealed-columns.ts'
import { linkedRefsOf, partiesOf, primaryVpaOf, type PartyRow } from './store.ts'

type ResolveDeps = Pick<AccountDeps, 'sql' | 'config' | 'seal' | 'call' | 'log'> & {
  addresses: AddressResolver
}

/**
 * The answer's UPI ID is the one to pay: that of an account names it by its bank's reference, also when it was asked
 * for by its number, and that of a UPI number is where it leads. Throws `not-found`; `bank-unreachable` when only the
 * network could know.
 */
export async function resolveVpa(deps: ResolveDeps, asked: string): Promise<Output<typeof contract>> {
  const vpa = normaliseVpa(asked)
  const number = numberIn(vpa)
  const named = number === undefined ? undefined : await vpaOfNumber(deps.sql, number)
  if (named !== undefined) return resolveVpa(deps, named)
  const nobody = () => new Problem('not-found', 'nobody can be paid at this UPI ID')
  if (isOurs(deps, vpa)) {
    const [found] = await ownParties(deps, [vpa])
    if (!found) throw nobody()
    const { mcc } = found
    const name = openLinkHolder(deps.seal, found)
    return { vpa: payableVpa(vpa, found), name, ...merchantIf(mcc !== null, mcc), verified: true }
  }
  const address = (await deps.addresses.find([vpa])).get(vpa)
  if (address instanceof Problem) throw address
  if (!address) throw nobody()
  const { name, kind, mcc } = address
  return { vpa: payableVpa(vpa, address), name, ...merchantIf(kind === 'merchant', mcc), verified: true }
}

function merchantIf(isMerchant: boolean, mcc: string | null | undefined) {
  if (!isMerchant) return { kind: 'person' as const }
  return { kind: 'merchant' as const, ...(mcc ? { mcc } : {}) }
}

function payableVpa(vpa: string, found: { ifsc: string; accountRef: string }): string {
  return accountIn(vpa) ? accountVpa(found) : vpa
}

/** As `resolveVpa`; the number is used for this lookup only: what is stored and passed on is the bank's reference. */
export function resolveAccount(
  deps: ResolveDeps,
  { ifsc, accountNumber }: Input<typeof findAccountPayee>['body'],
): Promise<Output<typeof findAccountPayee>> {
  return resolveVpa(deps, accountVpa({ ifsc, accountRef: accountNumber }))
}

/** Of our UPI IDs and accounts, these by reference or by number; unknown ones are left out. */
async function ownParties(deps: ResolveDeps, vpas: string[]): Promise<PartyRow[]> {
  const byNumber = vpas.filter((vpa) => isNumber(accountIn(vpa)?.accountRef))
  if (byNumber.length === 0) return partiesOf(deps.sql, vpas)
  const fingerprints = byNumber.map((vpa) =>
    deps.seal.fingerprint(accountIn(vpa)!.accountRef, 'account.number'),
  )
  const refs = await linkedRefsOf(deps.sql, fingerprints)
  /** The address by reference of each that was asked. */
  const known = new Map(vpas.map((vpa) => [vpa, vpa]))
  for (const [i, vpa] of byNumber.entries()) {
    const accountRef = refs.get(fingerprints[i]!.toString('hex'))
    if (accountRef === undefined) known.delete(vpa)
    else known.set(vpa, accountVpa({ ifsc: ownBank.ifsc, accountRef }))
  }
  const rows = await partiesOf(deps.sql, [...new Set(known.values())])
  const byVpa = new Map(rows.map((row) => [row.vpa, row]))
  return [...known].flatMap(([vpa, asked]) => {
    const row = byVpa.get(asked)
    return row ? [{ ...row, vpa }] : []
  })
}

const isNumber = (accountRef: string | undefined) => /^[0-9]{9,18}$/.test(accountRef ?? '')

/**
 * Whoever has registered with this phone, where their UPI number leads or else at their primary UPI ID: never a UPI ID
 * that only looks like the number. Throws `not-found`, the same whether the phone is registered or not: only who can be
 * paid is known to payers.
 */
export async function resolvePhone(deps: ResolveDeps, phone: string): Promise<Output<typeof contract>> {
  const asNumber = await vpaOfNumber(deps.sql, phone.slice(-10))
  if (asNumber !== undefined) return resolveVpa(deps, asNumber)
  const found = await deps.call(findPerson, { body: { phone } }).catch((error: unknown) => {
    if (error instanceof Problem && error.code === 'not-found') return undefined
    throw error
  })
  const vpa = found && (await primaryVpaOf(deps.sql, found.userId))
  if (vpa === undefined) throw new Problem('not-found', 'nobody can be paid at this phone number')
  return resolveVpa(deps, vpa)
}

/** Throws `not-found` for whoever is not our customer. */
export async function findPayer(
  deps: ResolveDeps,
  { vpa: asked, phone }: Input<typeof findPayerContract>['body'],
): Promise<Output<typeof findPayerContract>> {
  const named = asked === undefined ? undefined : normaliseVpa(asked)
  const nobody = new Problem('not-found', 'none of our customers is meant')
  if (named !== undefined && numberIn(named) === undefined && !isOurs(deps, named)) throw nobody
  const { vpa } = await (named === undefined ? resolvePhone(deps, phone!) : resolveVpa(deps, named))
  const [party] = isOurs(deps, vpa) ? await ownParties(deps, [vpa]) : []
  if (!party?.userId) throw nobody
  return { userId: party.userId, vpa }
}

/**
 * Unknown ones are left out. One whose name does not open is named as unreachable: the others, which belong to other
 * payments, are answered.
 */
export async function resolveParties(
  deps: ResolveDeps,
  asked: string[],
): Promise<Output<typeof partiesContract>> {
  const vpas = [...new Set(asked.map(normaliseVpa))]
  const [rows, addresses] = await Promise.all([
    ownParties(
      deps,
      vpas.filter((vpa) => isOurs(deps, vpa)),
    ),
    deps.addresses.find(vpas.filter((vpa) => !isOurs(deps, vpa))),
  ])
  const unopened: string[] = []
  const ours = rows.flatMap((row): ResolvedVpa[] => {
    const { pinSetAt, mcc, holderNameSealed: _, ...party } = row
    const merchant = mcc === null ? {} : ({ kind: 'merchant', mcc } as const)
    try {
      const name = openLinkHolder(deps.seal, row)
      return [{ ...party, name, ...merchant, ...(pinSetAt ? { pinSetAt: pinSetAt.toISOString() } : {}) }]
    } catch (err) {
      deps.log.error(
        { err, accountId: row.accountId },
        'account holder name cannot be decrypted: check that the data keys hold the key that it names',
      )
      unopened.push(row.vpa)
      return []
    }
  })
  const others = [...addresses].flatMap(([vpa, address]): ResolvedVpa[] => {
    if (address === undefined || address instanceof Problem) return []
    const { name, bank, ifsc, accountRef, accountType, kind, mcc } = address
    const merchant = kind === 'merchant' ? { kind, ...(mcc === undefined ? {} : { mcc }) } : {}
    return [{ vpa, name, bank, ifsc, accountRef, accountType, onUs: false, ...merchant }]
  })
  const unanswered = [...addresses].flatMap(([vpa, address]) => (address instanceof Problem ? [vpa] : []))
  return { parties: [...ours, ...others], unreachable: [...unanswered, ...unopened] }
}

function isOurs({ config }: ResolveDeps, vpa: string): boolean {
  return splitVpa(vpa)?.handle === config.BAHI_HANDLE || accountIn(vpa)?.ifsc === ownBank.ifsc
}
