// Our bank opens an account with a debit card and pays the first balance into it from the treasury.
import { randomInt } from 'node:crypto'
import { newCard } from '@bahi/contracts/card.ts'
import type { openBankAccount as contract } from '@bahi/contracts/account.ts'
import type { Input, Output } from '@bahi/contracts/call.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { normaliseName } from '@bahi/contracts/person-name.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { retryRaces } from '@bahi/kit/sql/sql.ts'
import { ownBank } from './own-bank.ts'
import type { AccountDeps } from '../config.ts'
import { cardPrefix, cardText, newAccountNumber } from './card.ts'
import { internalAccount } from '../ledger/store.ts'
import { insertBankAccount } from './store.ts'
import { openLedgerAccount, postTransfers } from '../ledger/store.ts'
import { holderColumn, numberColumn, phoneColumn } from '../sealed-columns.ts'

type Opened = Output<typeof contract>

/** Number and card are returned here and never again. Only a sandbox creates money: `not-found` in production. */
export async function openBankAccount(
  deps: AccountDeps,
  asked: Input<typeof contract>['body'],
): Promise<Opened> {
  if (deps.mode !== 'sandbox') throw new Problem('not-found')
  // A number that exists already is a lost race: the next run draws another.
  return retryRaces(() => open(deps, asked))
}

async function open(deps: AccountDeps, asked: Input<typeof contract>['body']): Promise<Opened> {
  const { phone, balancePaise, mcc } = asked
  const openedAt = deps.clock.now()
  const id = uuidv7(openedAt.getTime())
  const accountNumber = newAccountNumber()
  const card = newCard(cardPrefix, openedAt, randomInt)
  const row = {
    id,
    numberFingerprint: deps.seal.fingerprint(accountNumber, 'account.number'),
    numberSealed: deps.seal.seal(accountNumber, numberColumn, id),
    phoneFingerprint: deps.seal.fingerprint(phone, 'account.phone'),
    phoneSealed: deps.seal.seal(phone, phoneColumn, id),
    holderNameSealed: deps.seal.seal(normaliseName(asked.holderName), holderColumn, id),
    type: mcc === undefined ? ('savings' as const) : ('current' as const),
    mcc,
    cardFingerprint: deps.seal.fingerprint(cardText(id, card), 'account.card'),
    openedAt,
  }
  await deps.transaction(async (tx) => {
    const creditAccount = await openLedgerAccount(tx)
    await insertBankAccount(tx, row, creditAccount)
    const data = { accountRef: id, balancePaise, ...(mcc === undefined ? {} : { mcc }) }
    await deps.append(tx, { type: 'account.bank-account-opened', stream: id, data })
    if (balancePaise === 0) return
    // Last, because everybody who opens an account waits for the treasury.
    const debitAccount = await internalAccount(tx, 'treasury')
    const item = { id: uuidv7(openedAt.getTime()), debitAccount, creditAccount, amountPaise: balancePaise }
    const [outcome] = await postTransfers(tx, [{ ...item, kind: 'transfer' }])
    if (outcome?.code !== '00') throw new Error(`the treasury did not pay: ${outcome?.code}`)
  })
  return { accountRef: id, accountNumber, ifsc: ownBank.ifsc, card }
}
