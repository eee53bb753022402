// The encrypted PIN block: opened, and compared with the use that it is bound to.
import { createHash } from 'node:crypto'
import { PinBlock } from '@bahi/contracts/account.ts'
import type { TransferDetails } from '@bahi/contracts/transfers.ts'
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { payRules, rulesAt } from '@bahi/contracts/rules.ts'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import type { AccountDeps } from '../config.ts'
import { insertUsedPinBlock } from './store.ts'

const maxAheadMs = 60_000
const strictBlock = Compile(Type.Object(PinBlock.properties, { additionalProperties: false }))

/** What a block must have been made for. */
export type PinBlockUse =
  | { purpose: 'set-pin' | 'balance'; accountId: string }
  | {
      purpose: 'pay'
      accountId: string
      paymentId: string
      amountPaise: number
      payeeVpa: string
    }

/** Throws `pin-block-invalid` when it cannot be opened or does not hold a PIN block. */
export function openPinBlock(deps: Pick<AccountDeps, 'pins'>, jwe: string): PinBlock {
  const block = parsePinBlock(deps.pins.decrypt(jwe))
  if (!block) throw new Problem('pin-block-invalid', 'there is no PIN block in it')
  return block
}

function parsePinBlock(plain: Uint8Array): PinBlock | undefined {
  try {
    const found: unknown = JSON.parse(Buffer.from(plain).toString('utf8'))
    return strictBlock.Check(found) ? found : undefined
  } catch {
    return undefined
  }
}

/** Whether the block was made for exactly this use, and recently. */
export function isFor(block: PinBlock, use: PinBlockUse, at: Date): boolean {
  const maxAgeMs = rulesAt(payRules, at).pinBlockMaxAgeMinutes * 60_000
  const ageMs = at.getTime() - block.iat * 1_000
  if (ageMs > maxAgeMs || ageMs < -maxAheadMs) return false
  if (block.purpose !== use.purpose) return false
  if (use.purpose !== 'pay') return block.accountId?.toLowerCase() === use.accountId
  return (
    block.paymentId === use.paymentId &&
    block.amountPaise === use.amountPaise &&
    block.payeeVpa !== undefined &&
    normaliseVpa(block.payeeVpa) === normaliseVpa(use.payeeVpa) &&
    (block.accountId === undefined || block.accountId.toLowerCase() === use.accountId)
  )
}

/** The PIN of a payment, or the UPI code that it is declined with. */
export function pinForPayment(
  deps: Pick<AccountDeps, 'pins' | 'clock'>,
  transfer: Pick<TransferDetails, 'id' | 'amountPaise' | 'payeeVpa' | 'payerAccountId'> & { pin: string },
): { pin: string } | { declineCode: 'U14' | 'U54' } {
  const { id: paymentId, amountPaise, payeeVpa } = transfer
  const accountId = transfer.payerAccountId.toLowerCase()
  let block: PinBlock
  try {
    block = openPinBlock(deps, transfer.pin)
  } catch (error) {
    if (error instanceof Problem) return { declineCode: 'U14' }
    throw error
  }
  const use: PinBlockUse = { purpose: 'pay', accountId, paymentId, amountPaise, payeeVpa }
  return isFor(block, use, deps.clock.now()) ? { pin: block.pin } : { declineCode: 'U54' }
}

/** Opens a block that a person sent, once: the same block again is refused. Throws `pin-block-invalid`. */
export async function openPinBlockOnce(
  deps: Pick<AccountDeps, 'pins' | 'clock' | 'sql'>,
  jwe: string,
  use: PinBlockUse,
): Promise<PinBlock> {
  const block = openPinBlock(deps, jwe)
  const now = deps.clock.now()
  if (!isFor(block, use, now)) {
    throw new Problem('pin-block-invalid', 'the PIN block was made for something else, or too long ago')
  }
  await markPinBlockUsed(deps, jwe)
  return block
}

/** Takes a block that is encrypted for another bank, once. Throws `pin-block-invalid`. */
export async function markPinBlockUsed(deps: Pick<AccountDeps, 'clock' | 'sql'>, jwe: string): Promise<void> {
  if (await insertUsedPinBlock(deps.sql, digestOf(jwe), deps.clock.now())) return
  throw new Problem('pin-block-invalid', 'the PIN block was used before: encrypt it anew')
}

/** Of what the text stands for: base64url has more than one spelling of the same bytes. */
function digestOf(jwe: string): Buffer {
  const hash = createHash('sha256')
  for (const part of jwe.split('.').slice(2)) hash.update(Buffer.from(part, 'base64url')).update('.')
  return hash.digest()
}
