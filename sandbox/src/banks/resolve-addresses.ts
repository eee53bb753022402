// Resolves UPI IDs of other apps: customers of the sandbox's banks, and the addresses at `@sandbox`.
import { accountIn, accountVpa, normaliseVpa } from '@bahi/contracts/formats.ts'
import { isUuid } from '@bahi/contracts/id.ts'
import type { Output } from '@bahi/contracts/call.ts'
import type { valAdd as contract } from '@bahi/contracts/sandbox.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import type { Queryable } from '@bahi/kit/sql/sql.ts'
import { partyOfAddress } from '../scenarios/addresses.ts'
import { otherBank, otherBanks, sandboxBank } from './bank.ts'
import { findHoldersByVpa, findHoldersByAccount, findAccountRef, type Holder } from './store.ts'
import type { Party } from '../switch/transaction.ts'

/** Unknown addresses are left out. */
export async function resolveAddresses(sql: Queryable, addrs: string[]): Promise<Map<string, Party>> {
  const wanted = [...new Set(addrs.map(normaliseVpa))]
  const found = new Map<string, Party>()
  const atBanks: string[] = []
  for (const addr of wanted) {
    const party = partyOfAddress(addr)
    if (!party) atBanks.push(addr)
    else {
      const { code: bank, ifsc, accountRef } = sandboxBank
      const ac = { addrType: 'ACCOUNT', ifsc, actype: 'SAVINGS', acnum: accountRef } as const
      found.set(addr, { addr, ...party, bank, ac, isMember: false })
    }
  }
  for (const holder of await findHolders(sql, atBanks)) {
    const { vpa, bank, accountRef, holderName: name, type, mcc } = holder
    const actype = type === 'current' ? 'CURRENT' : 'SAVINGS'
    const ac = { addrType: 'ACCOUNT', ifsc: otherBank(bank).ifsc, actype, acnum: accountRef } as const
    const kind =
      mcc === null ? ({ type: 'PERSON', code: '0000' } as const) : ({ type: 'ENTITY', code: mcc } as const)
    found.set(vpa, { addr: vpa, name, ...kind, bank, ac, isMember: false })
  }
  return found
}

async function findHolders(sql: Queryable, addrs: string[]): Promise<Holder[]> {
  const accounts = addrs.flatMap((vpa) => {
    const account = accountIn(vpa)
    return account && isUuid(account.accountRef) ? [{ vpa, ...account }] : []
  })
  const vpas = addrs.filter((addr) => !accountIn(addr))
  const byVpa = vpas.length > 0 ? await findHoldersByVpa(sql, vpas) : []
  if (accounts.length === 0) return byVpa
  const found = await findHoldersByAccount(
    sql,
    accounts.map(({ accountRef }) => accountRef),
  )
  const byAccount = accounts.flatMap(({ vpa, ifsc, accountRef }): Holder[] => {
    const holder = found.find((row) => row.accountRef === accountRef && otherBank(row.bank).ifsc === ifsc)
    return holder ? [{ vpa, ...holder }] : []
  })
  return [...byVpa, ...byAccount]
}

export async function resolveAddress(sql: Queryable, addr: string): Promise<Party | undefined> {
  return (await resolveAddresses(sql, [addr])).get(normaliseVpa(addr))
}

export async function valAdd(
  { sql, seal }: Pick<Deps, 'sql' | 'seal'>,
  addrs: string[],
): Promise<Output<typeof contract>['found']> {
  /** Requested address by normalised address: accounts are requested by number and stored by reference. */
  const requested = new Map<string, string>()
  for (const addr of addrs) {
    const account = accountIn(addr)
    const bank = otherBanks.find(({ ifsc }) => ifsc === account?.ifsc)
    const accountRef =
      account && bank && /^\d+$/.test(account.accountRef)
        ? await findAccountRef(sql, bank.code, seal.fingerprint(account.accountRef, 'sandbox.number'))
        : undefined
    requested.set(accountRef ? accountVpa({ ifsc: bank!.ifsc, accountRef }) : normaliseVpa(addr), addr)
  }
  const parties = await resolveAddresses(sql, [...requested.keys()])
  return [...parties.values()].map(({ addr, name, type, code, bank, ac }) => ({
    addr: requested.get(addr)!,
    name,
    ...(type === 'ENTITY' ? { kind: 'merchant', mcc: code } : { kind: 'person' }),
    bank: bank!,
    ifsc: ac!.ifsc,
    accountRef: ac!.acnum,
    accountType: ac!.actype === 'CURRENT' ? 'current' : 'savings',
  }))
}
