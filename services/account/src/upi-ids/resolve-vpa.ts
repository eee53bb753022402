// Who is behind UPI IDs: the registered name for people, everything that paying needs for payment.
import type { findAccountPayee, resolveVpa as contract } from '@bahi/contracts/account.ts'
import type { resolveVpas as partiesContract, ResolvedVpa } from '@bahi/contracts/transfers.ts'
import type { Input, Output } from '@bahi/contracts/call.ts'
import { accountIn, accountVpa, normaliseVpa, splitVpa } from '@bahi/contracts/formats.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { ownBank } from '../bank-accounts/own-bank.ts'
import type { AccountDeps } from '../config.ts'
import type { AddressResolver } from '../network/find-addresses.ts'
import { linkedRefOf, partiesOf } from './store.ts'

type ResolveDeps = Pick<AccountDeps, 'sql' | 'config' | 'seal'> & { addresses: AddressResolver }

/** Throws `not-found`; `bank-unreachable` when only the network could know. */
export async function resolveVpa(deps: ResolveDeps, asked: string): Promise<Output<typeof contract>> {
  const vpa = normaliseVpa(asked)
  const nobody = () => new Problem('not-found', 'nobody has this UPI ID')
  if (isOurs(deps, vpa)) {
    const [found] = await partiesOf(deps.sql, [vpa])
    if (!found) throw nobody()
    return { vpa: found.vpa, name: found.name, kind: 'person', verified: true }
  }
  const address = (await deps.addresses.find([vpa])).get(vpa)
  if (address instanceof Problem) throw address
  if (!address) throw nobody()
  return { vpa, name: address.name, kind: address.kind, verified: true }
}

/** As `resolveVpa`; the number is used for this lookup only: what is stored and passed on is the bank's reference. */
export async function resolveAccount(
  deps: ResolveDeps,
  { ifsc, accountNumber }: Input<typeof findAccountPayee>['body'],
): Promise<Output<typeof findAccountPayee>> {
  const nobody = () => new Problem('not-found', 'this bank knows no such account')
  if (ifsc === ownBank.ifsc) {
    const accountRef = await linkedRefOf(deps.sql, deps.seal.fingerprint(accountNumber, 'account.number'))
    if (accountRef === undefined) throw nobody()
    return resolveVpa(deps, accountVpa({ ifsc, accountRef }))
  }
  const asked = accountVpa({ ifsc, accountRef: accountNumber })
  const address = (await deps.addresses.find([asked])).get(asked)
  if (address instanceof Problem) throw address
  if (!address) throw nobody()
  const { name, kind, accountRef } = address
  return { vpa: accountVpa({ ifsc, accountRef }), name, kind, verified: true }
}

/** Unknown ones are left out. */
export async function resolveParties(
  deps: ResolveDeps,
  asked: string[],
): Promise<Output<typeof partiesContract>> {
  const vpas = [...new Set(asked.map(normaliseVpa))]
  const [rows, addresses] = await Promise.all([
    partiesOf(
      deps.sql,
      vpas.filter((vpa) => isOurs(deps, vpa)),
    ),
    deps.addresses.find(vpas.filter((vpa) => !isOurs(deps, vpa))),
  ])
  const ours = rows.map(({ pinSetAt, ...party }): ResolvedVpa => {
    return { ...party, ...(pinSetAt ? { pinSetAt: pinSetAt.toISOString() } : {}) }
  })
  const others = [...addresses].flatMap(([vpa, address]): ResolvedVpa[] => {
    if (address === undefined || address instanceof Problem) return []
    const { name, bank, ifsc, accountRef, accountType } = address
    return [{ vpa, name, bank, ifsc, accountRef, accountType, onUs: false }]
  })
  const unreachable = [...addresses].flatMap(([vpa, address]) => (address instanceof Problem ? [vpa] : []))
  return { parties: [...ours, ...others], unreachable }
}

function isOurs({ config }: ResolveDeps, vpa: string): boolean {
  return splitVpa(vpa)?.handle === config.BAHI_HANDLE || accountIn(vpa)?.ifsc === ownBank.ifsc
}
