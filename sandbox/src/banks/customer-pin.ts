// What another bank does for its customer against a PIN: sets it, changes it, tells the balance.
import type { Input, Output } from '@bahi/contracts/call.ts'
import type { PinBlock } from '@bahi/contracts/account.ts'
import type { balEnq as balanceContract, setCre as setContract } from '@bahi/contracts/sandbox.ts'
import { isFresh, pinVerifier, tryPin } from './legs.ts'
import { otherBanks } from './bank.ts'
import type { NetworkDeps } from '../sandbox.ts'
import { lockAccount, writeCardTries, writePin } from './store.ts'
import { cardColumn } from '../sealed-columns.ts'

const maxCardTries = 5

type SetAsked = Input<typeof setContract>['body']
type SetAnswer = Output<typeof setContract>
type BalanceAnswer = Output<typeof balanceContract>

/** `SP` the card is wrong, `XL` it has expired, `RM` the PIN is too weak; the codes of a payment besides. */
export async function setCre(deps: NetworkDeps, asked: SetAsked): Promise<SetAnswer> {
  const { bank, accountRef, card } = asked
  const block = await blockFor(deps, asked, 'set-pin')
  if (typeof block === 'string') return { code: block }
  return deps.transaction(async (tx) => {
    const account = await lockAccount(tx, bank, accountRef)
    if (!account) return { code: 'XH' }
    const length = otherBanks.find(({ code }) => code === bank)?.pinLength
    if (block.pin.length !== length || isWeak(block.pin) || block.pin === block.oldPin) return { code: 'RM' }
    if (block.oldPin !== undefined) {
      const guess = { deps, account, accountRef, pin: block.oldPin, at: deps.clock.now() }
      const verdict = await tryPin(tx, guess)
      if (verdict.code !== '00') return verdict
    } else {
      const triesLeft = Math.max(maxCardTries - account.cardTries - 1, 0)
      if (account.cardTries >= maxCardTries) return { code: 'SP', triesLeft: 0 }
      const known = JSON.parse(deps.seal.open(account.sealedCard, cardColumn, accountRef)) as NonNullable<
        typeof card
      >
      const digits = (expiry: string) => expiry.replace('/', '')
      if (!card || card.last6 !== known.last6 || digits(card.expiry) !== digits(known.expiry)) {
        await writeCardTries(tx, accountRef, account.cardTries + 1)
        return { code: 'SP', triesLeft }
      }
      if (isExpired(known.expiry, deps.clock.now())) return { code: 'XL' }
      await writeCardTries(tx, accountRef, 0)
    }
    // Point of no return.
    await writePin(tx, accountRef, pinVerifier(deps, accountRef, block.pin))
    return { code: '00' }
  })
}

export async function balEnq(
  deps: NetworkDeps,
  asked: Input<typeof balanceContract>['body'],
): Promise<BalanceAnswer> {
  const block = await blockFor(deps, asked, 'balance')
  if (typeof block === 'string') return { code: block }
  return deps.transaction(async (tx) => {
    const account = await lockAccount(tx, asked.bank, asked.accountRef)
    if (!account) return { code: 'XH' }
    const guess = { deps, account, accountRef: asked.accountRef, pin: block.pin, at: deps.clock.now() }
    const verdict = await tryPin(tx, guess)
    return verdict.code === '00' ? { code: '00', balancePaise: account.balancePaise } : verdict
  })
}

/** The block, or the code that it is refused with. */
async function blockFor(
  deps: NetworkDeps,
  { pin, accountId }: { pin: string; accountId: string },
  purpose: PinBlock['purpose'],
): Promise<PinBlock | 'U14' | 'U54'> {
  const block = await deps.keys.openPin(pin)
  if (!block) return 'U14'
  const isForThis = block.purpose === purpose && block.accountId?.toLowerCase() === accountId.toLowerCase()
  return isForThis && isFresh(block, deps.clock.now()) ? block : 'U54'
}

/** All digits the same, or one run up or down. */
function isWeak(pin: string): boolean {
  const steps = [...pin].slice(1).map((digit, i) => (Number(digit) - Number(pin[i]) + 10) % 10)
  return [0, 1, 9].some((step) => steps.every((s) => s === step))
}

/** A card is good to the end of its month. */
function isExpired(expiry: string, at: Date): boolean {
  const [month = 0, year = 0] = expiry.split('/').map(Number)
  return at.getTime() >= Date.UTC(2000 + year, month, 1)
}
