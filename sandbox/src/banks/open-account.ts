// Opens a bank account for testing: at our bank through the account service, or at a bank of the sandbox.
import { randomInt } from 'node:crypto'
import { openBankAccount } from '@bahi/contracts/account.ts'
import { findPerson } from '@bahi/contracts/auth.ts'
import { newCard } from '@bahi/contracts/card.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { normaliseName } from '@bahi/contracts/person-name.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { openAccount as contract } from '@bahi/contracts/sandbox.ts'
import { profilesOf } from '@bahi/contracts/user.ts'
import type { Input, Output } from '@bahi/contracts/call.ts'
import { cardPrefix, digits, otherBank, ownBank, vpasFor } from './bank.ts'
import type { SandboxDeps } from '../sandbox.ts'
import { insertAccount, assignVpa } from './store.ts'
import { cardColumn, numberColumn } from '../sealed-columns.ts'

const unknownName = 'Sandbox Customer'
const numberDigits = 12

type OpenRequest = Input<typeof contract>['body']
type OpenedAccount = Output<typeof contract>

/** Card and account number are returned only here. Throws `not-found` for an unknown bank. */
export async function openAccount(deps: SandboxDeps, request: OpenRequest): Promise<OpenedAccount> {
  const { phone, balancePaise, mcc } = request
  const business = mcc === undefined ? {} : { mcc }
  const bank = request.bank === ownBank ? undefined : otherBank(request.bank)
  const holderName = request.name === undefined ? await nameOf(deps, phone) : normaliseName(request.name)
  if (!bank) {
    const opened = await deps.call(openBankAccount, {
      body: { phone, holderName, balancePaise, ...business },
    })
    return { ...opened, bank: ownBank, holderName, balancePaise }
  }
  const at = deps.clock.now()
  const accountRef = uuidv7(at.getTime())
  const accountNumber = digits(numberDigits, randomInt)
  const card = newCard(cardPrefix, at, randomInt)
  const vpa = await deps.transaction(async (tx) => {
    await insertAccount(tx, {
      accountRef,
      bank: bank.code,
      phoneFingerprint: deps.seal.fingerprint(phone, 'sandbox.phone'),
      holderName,
      numberFingerprint: deps.seal.fingerprint(accountNumber, 'sandbox.number'),
      sealedNumber: deps.seal.seal(accountNumber, numberColumn, accountRef),
      sealedCard: deps.seal.seal(
        JSON.stringify({ last6: card.last6, expiry: card.expiry }),
        cardColumn,
        accountRef,
      ),
      ...business,
      balancePaise,
      openedAt: at,
    })
    return assignVpa(tx, accountRef, vpasFor(phone, bank.code))
  })
  return {
    accountRef,
    bank: bank.code,
    ifsc: bank.ifsc,
    accountNumber,
    holderName,
    balancePaise,
    ...(vpa === undefined ? {} : { vpa }),
    card,
  }
}

/** The customer's name: the one they registered with, if they did. */
async function nameOf(deps: SandboxDeps, phone: string): Promise<string> {
  try {
    const { userId } = await deps.call(findPerson, { body: { phone } })
    const { profiles } = await deps.call(profilesOf, { body: { userIds: [userId] } })
    return profiles[0]?.name ?? unknownName
  } catch (error) {
    // Not registered, or auth or user is unavailable: the account is opened all the same.
    if (error instanceof Problem) return unknownName
    throw error
  }
}
