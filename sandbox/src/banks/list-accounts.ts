// Lists the accounts that a bank of the sandbox has for a phone number.
import type { Output } from '@bahi/contracts/call.ts'
import type { otherBankAccounts } from '@bahi/contracts/sandbox.ts'
import { otherBank } from './bank.ts'
import type { SandboxDeps } from '../sandbox.ts'
import { findAccounts } from './store.ts'
import { numberColumn } from '../sealed-columns.ts'

/** At most this many, the newest. */
const maxAccounts = 50

type Accounts = Output<typeof otherBankAccounts>['accounts']

/** Throws `not-found` for an unknown bank. */
export async function listAccounts(deps: SandboxDeps, code: string, phone: string): Promise<Accounts> {
  const bank = otherBank(code)
  const fingerprint = deps.seal.fingerprint(phone, 'sandbox.phone')
  const rows = await findAccounts(deps.sql, bank.code, fingerprint, maxAccounts)
  return rows.map(({ sealedNumber, mcc, ...row }) => ({
    ...row,
    ...(mcc === null ? {} : { mcc }),
    bank: bank.code,
    ifsc: bank.ifsc,
    accountNumber: deps.seal.open(sealedNumber, numberColumn, row.accountRef),
  }))
}
