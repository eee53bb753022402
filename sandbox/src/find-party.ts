// Who stands behind UPI IDs that other apps gave: customers of the banks here, and the sandbox's own addresses.
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import type { Output } from '@bahi/contracts/call.ts'
import type { valAdd as contract } from '@bahi/contracts/sandbox.ts'
import type { Queryable } from '@bahi/kit/sql.ts'
import { sandboxParty } from './addresses.ts'
import { otherBank, sandboxBank } from './bank.ts'
import { findHolders } from './store-banks.ts'
import type { Side } from './transaction.ts'

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
  for (const holder of elsewhere.length > 0 ? await findHolders(sql, elsewhere) : []) {
    const { vpa, bank, accountRef, holderName, type } = holder
    const actype = type === 'current' ? 'CURRENT' : 'SAVINGS'
    const ac = { addrType: 'ACCOUNT', ifsc: otherBank(bank).ifsc, actype, acnum: accountRef } as const
    found.set(vpa, { addr: vpa, name: holderName, type: 'PERSON', code: '0000', bank, ac, ours: false })
  }
  return found
}

export async function findParty(sql: Queryable, addr: string): Promise<Side | undefined> {
  return (await findParties(sql, [addr])).get(normaliseVpa(addr))
}

export async function valAdd(sql: Queryable, addrs: string[]): Promise<Output<typeof contract>['found']> {
  const parties = await findParties(sql, addrs)
  return [...parties.values()].map(({ addr, name, type, bank, ac }) => ({
    addr,
    name,
    kind: type === 'ENTITY' ? 'merchant' : 'person',
    bank: bank!,
    ifsc: ac!.ifsc,
    accountRef: ac!.acnum,
    accountType: ac!.actype === 'CURRENT' ? 'current' : 'savings',
  }))
}
