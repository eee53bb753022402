// Operations with a UPI PIN at the sandbox's banks: set it, change it, show the balance.
import type { Input, Output } from '@bahi/contracts/call.ts'
import type { PinBlock } from '@bahi/contracts/pin-block.ts'
import { istDateOf } from '@bahi/contracts/recurrence.ts'
import type { balEnq as balanceContract, setCre as setContract } from '@bahi/contracts/sandbox.ts'
import { otherBanks } from './bank.ts'
import type { NetworkDeps } from '../sandbox.ts'
import { isFresh, pinVerifier, verifyPin } from './pin.ts'
import { lockAccount, writeCardTries, writePin } from './store.ts'
import { blockedPaise } from './store-mandates.ts'
import { cardColumn } from '../sealed-columns.ts'

const maxCardTries = 5

type SetPinRequest = Input<typeof setContract>['body']
type SetPinResponse = Output<typeof setContract>
type BalanceResponse = Output<typeof balanceContract>

/** `SP` the card is wrong, `XL` it has expired, `RM` the PIN is too weak; else the codes of a payment. */
export async function setCre(deps: NetworkDeps, request: SetPinRequest): Promise<SetPinResponse> {
  const { bank, accountRef, card } = request
  const block = await openPinBlock(deps, request, 'set-pin')
  if (typeof block === 'string') return { code: block }
  return deps.transaction(async (tx) => {
    const account = await lockAccount(tx, bank, accountRef)
    if (!account) return { code: 'XH' }
    const length = otherBanks.find(({ code }) => code === bank)?.pinLength
    if (block.pin.length !== length || isWeak(block.pin) || block.pin === block.oldPin) return { code: 'RM' }
    if (block.oldPin !== undefined) {
      const guess = { deps, account, accountRef, pin: block.oldPin, at: deps.clock.now() }
      const verdict = await verifyPin(tx, guess)
      if (verdict.code !== '00') return verdict
    } else {
      const triesLeft = Math.max(maxCardTries - account.cardTries - 1, 0)
      if (account.cardTries >= maxCardTries) return { code: 'SP', triesLeft: 0 }
      const stored = JSON.parse(deps.seal.open(account.sealedCard, cardColumn, accountRef)) as NonNullable<
        typeof card
      >
      const digits = (expiry: string) => expiry.replace('/', '')
      if (!card || card.last6 !== stored.last6 || digits(card.expiry) !== digits(stored.expiry)) {
        await writeCardTries(tx, accountRef, account.cardTries + 1)
        return { code: 'SP', triesLeft }
      }
      if (isExpired(stored.expiry, deps.clock.now())) return { code: 'XL' }
      await writeCardTries(tx, accountRef, 0)
    }
    // Point of no return.
    await writePin(tx, accountRef, pinVerifier(deps, accountRef, block.pin))
    return { code: '00' }
  })
}

export async function balEnq(
  deps: NetworkDeps,
  request: Input<typeof balanceContract>['body'],
): Promise<BalanceResponse> {
  const block = await openPinBlock(deps, request, 'balance')
  if (typeof block === 'string') return { code: block }
  return deps.transaction(async (tx) => {
    const account = await lockAccount(tx, request.bank, request.accountRef)
    if (!account) return { code: 'XH' }
    const { accountRef } = request
    const at = deps.clock.now()
    const verdict = await verifyPin(tx, { deps, account, accountRef, pin: block.pin, at })
    if (verdict.code !== '00') return verdict
    // What can be spent: without what mandates reserve.
    const blocked = await blockedPaise(tx, accountRef, { today: istDateOf(at) })
    return { code: '00', balancePaise: account.balancePaise - blocked }
  })
}

/** The PIN block, or the code with which it is refused. */
async function openPinBlock(
  deps: NetworkDeps,
  { pin, accountId }: { pin: string; accountId: string },
  purpose: PinBlock['purpose'],
): Promise<PinBlock | 'U14' | 'U54'> {
  const block = await deps.keys.openPin(pin)
  if (!block) return 'U14'
  const isForThisRequest =
    block.purpose === purpose && block.accountId?.toLowerCase() === accountId.toLowerCase()
  return isForThisRequest && isFresh(block, deps.clock.now()) ? block : 'U54'
}

/** All digits the same, or ascending, or descending. */
function isWeak(pin: string): boolean {
  const steps = [...pin].slice(1).map((digit, i) => (Number(digit) - Number(pin[i]) + 10) % 10)
  return [0, 1, 9].some((step) => steps.every((s) => s === step))
}

/** A card is valid to the end of its month. */
function isExpired(expiry: string, at: Date): boolean {
  const [month = 0, year = 0] = expiry.split('/').map(Number)
  return at.getTime() >= Date.UTC(2000 + year, month, 1)
}
