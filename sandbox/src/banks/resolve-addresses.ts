// Who stands behind UPI IDs that other apps gave: customers of the banks here, and the sandbox's own addresses.
import { accountIn, accountVpa, normaliseVpa } from '@bahi/contracts/formats.ts'
import { isUuid } from '@bahi/contracts/id.ts'
import type { Output } from '@bahi/contracts/call.ts'
import type { valAdd as contract } from '@bahi/contracts/sandbox.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import type { Queryable } from '@bahi/kit/sql/sql.ts'
import { sandboxParty } from '../scenarios/addresses.ts'
import { otherBank, otherBanks, sandboxBank } from './bank.ts'
import { findHolders, findHoldersOf, refOfNumber, type Holder } from './store.ts'
import type { Side } from '../switch/transaction.ts'

/** Unknown ones are left out. */
export async function findParties(sql: Queryable, addrs: string[]): Promise<Map<string, Side>> {
  const wanted = [...new Set(addrs.map(normaliseVpa))]
  const found = new Map<string, Side>()
  const elsewhere: string[] = []
  for (const addr of wanted) {
    const party = sandboxParty(addr)
    if (!party) elsewhere.push(addr)
    else {
      const { code: bank, ifsc, accountRef } = sandboxBank
      const ac = { addrType: 'ACCOUNT', ifsc, actype: 'SAVINGS', acnum: accountRef } as const
      found.set(addr, { addr, ...party, bank, ac, ours: false })
    }
  }
  for (const holder of await holdersAt(sql, elsewhere)) {
    const { vpa, bank, accountRef, holderName, type } = holder
    const actype = type === 'current' ? 'CURRENT' : 'SAVINGS'
    const ac = { addrType: 'ACCOUNT', ifsc: otherBank(bank).ifsc, actype, acnum: accountRef } as const
    found.set(vpa, { addr: vpa, name: holderName, type: 'PERSON', code: '0000', bank, ac, ours: false })
  }
  return found
}

async function holdersAt(sql: Queryable, addrs: string[]): Promise<Holder[]> {
  const accounts = addrs.flatMap((vpa) => {
    const account = accountIn(vpa)
    return account && isUuid(account.accountRef) ? [{ vpa, ...account }] : []
  })
  const vpas = addrs.filter((addr) => !accountIn(addr))
  const byVpa = vpas.length > 0 ? await findHolders(sql, vpas) : []
  if (accounts.length === 0) return byVpa
  const found = await findHoldersOf(
    sql,
    accounts.map(({ accountRef }) => accountRef),
  )
  const byAccount = accounts.flatMap(({ vpa, ifsc, accountRef }): Holder[] => {
    const holder = found.find((one) => one.accountRef === accountRef && otherBank(one.bank).ifsc === ifsc)
    return holder ? [{ vpa, ...holder }] : []
  })
  return [...byVpa, ...byAccount]
}

export async function findParty(sql: Queryable, addr: string): Promise<Side | undefined> {
  return (await findParties(sql, [addr])).get(normaliseVpa(addr))
}

export async function valAdd(
  { sql, seal }: Pick<Deps, 'sql' | 'seal'>,
  addrs: string[],
): Promise<Output<typeof contract>['found']> {
  /** By what the banks know: an account is asked for by its number, and found by its reference. */
  const asked = new Map<string, string>()
  for (const addr of addrs) {
    const account = accountIn(addr)
    const bank = otherBanks.find(({ ifsc }) => ifsc === account?.ifsc)
    const accountRef =
      account && bank && /^\d+$/.test(account.accountRef)
        ? await refOfNumber(sql, bank.code, seal.fingerprint(account.accountRef, 'sandbox.number'))
        : undefined
    asked.set(accountRef ? accountVpa({ ifsc: bank!.ifsc, accountRef }) : normaliseVpa(addr), addr)
  }
  const parties = await findParties(sql, [...asked.keys()])
  return [...parties.values()].map(({ addr, name, type, bank, ac }) => ({
    addr: asked.get(addr)!,
    name,
    kind: type === 'ENTITY' ? 'merchant' : 'person',
    bank: bank!,
    ifsc: ac!.ifsc,
    accountRef: ac!.acnum,
    accountType: ac!.actype === 'CURRENT' ? 'current' : 'savings',
  }))
}
