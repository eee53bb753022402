// The accounts that another bank holds for a phone, as its core banking would tell the network.
import type { Output } from '@bahi/contracts/call.ts'
import type { otherBankAccounts } from '@bahi/contracts/sandbox.ts'
import { otherBank } from './bank.ts'
import type { SandboxDeps } from '../sandbox.ts'
import { findAccounts } from './store.ts'
import { numberColumn } from '../sealed-columns.ts'

/** A bank tells of so many accounts at most, the newest. */
const maxAccountsTold = 50

type Told = Output<typeof otherBankAccounts>['accounts']

/** Throws `not-found` for a bank that is not there. */
export async function showOtherAccounts(deps: SandboxDeps, code: string, phone: string): Promise<Told> {
  const bank = otherBank(code)
  const print = deps.seal.fingerprint(phone, 'sandbox.phone')
  const rows = await findAccounts(deps.sql, bank.code, print, maxAccountsTold)
  return rows.map(({ sealedNumber, ...row }) => ({
    ...row,
    bank: bank.code,
    ifsc: bank.ifsc,
    accountNumber: deps.seal.open(sealedNumber, numberColumn, row.accountRef),
  }))
}
