// Opens a bank account to play with: at our bank through account, at another bank here.
import { randomInt } from 'node:crypto'
import { openBankAccount } from '@bahi/contracts/account.ts'
import { findPerson } from '@bahi/contracts/auth.ts'
import { newCard } from '@bahi/contracts/card.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { openAccount as contract } from '@bahi/contracts/sandbox.ts'
import { profilesOf } from '@bahi/contracts/user.ts'
import type { Input, Output } from '@bahi/contracts/call.ts'
import { cardPrefix, digits, otherBank, ownBank, vpasFor } from './bank.ts'
import type { SandboxDeps } from '../sandbox.ts'
import { insertAccount, takeVpa } from './store.ts'
import { cardColumn, numberColumn } from '../sealed-columns.ts'

const unknownName = 'Sandbox Customer'
const numberDigits = 12

type Asked = Input<typeof contract>['body']
type Opened = Output<typeof contract>

/** Card and number are told here and never again. Throws `not-found` for a bank that is not there. */
export async function openAccount(deps: SandboxDeps, asked: Asked): Promise<Opened> {
  const { phone, balancePaise } = asked
  const bank = asked.bank === ownBank ? undefined : otherBank(asked.bank)
  const holderName = asked.name ?? (await nameOf(deps, phone))
  if (!bank) {
    const opened = await deps.call(openBankAccount, { body: { phone, holderName, balancePaise } })
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
      phonePrint: deps.seal.fingerprint(phone, 'sandbox.phone'),
      holderName,
      numberPrint: deps.seal.fingerprint(accountNumber, 'sandbox.number'),
      sealedNumber: deps.seal.seal(accountNumber, numberColumn, accountRef),
      sealedCard: deps.seal.seal(
        JSON.stringify({ last6: card.last6, expiry: card.expiry }),
        cardColumn,
        accountRef,
      ),
      balancePaise,
      openedAt: at,
    })
    return takeVpa(tx, accountRef, vpasFor(phone, bank.code))
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

/** A bank knows its customer's name: the one they registered with, when they have. */
async function nameOf(deps: SandboxDeps, phone: string): Promise<string> {
  try {
    const { userId } = await deps.call(findPerson, { body: { phone } })
    const { profiles } = await deps.call(profilesOf, { body: { userIds: [userId] } })
    return profiles[0]?.name ?? unknownName
  } catch (error) {
    // Nobody yet, or nobody to ask: an account is opened all the same.
    if (error instanceof Problem) return unknownName
    throw error
  }
}
