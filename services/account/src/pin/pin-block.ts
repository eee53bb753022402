// The encrypted PIN block: opened, and compared with the use that it is bound to.
import { createHash } from 'node:crypto'
import { PinBlock, type MandateOperationByPin } from '@bahi/contracts/pin-block.ts'
import type { TransferDetails } from '@bahi/contracts/transfers.ts'
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { pinBlockTimeFault } from '@bahi/contracts/rules.ts'
import type { Queryable } from '@bahi/kit/sql/sql.ts'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import type { AccountDeps } from '../config.ts'
import { insertUsedPinBlock } from './store.ts'

const strictBlock = Compile(Type.Object(PinBlock.properties, { additionalProperties: false }))

/** What a block must have been made for. */
export type PinBlockUse =
  | { purpose: 'set-pin'; accountId: string }
  | { purpose: 'balance'; accountId: string }
  | { purpose: 'pay'; accountId: string; paymentId: string; amountPaise: number; payeeVpa: string }
  | {
      purpose: 'mandate'
      operation: MandateOperationByPin
      accountId: string
      mandateId: string
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

/** Whether the block was made for exactly this use, whenever that was. */
function isFor(block: PinBlock, use: PinBlockUse): boolean {
  if (block.purpose !== use.purpose) return false
  if (use.purpose === 'set-pin' || use.purpose === 'balance')
    return block.accountId?.toLowerCase() === use.accountId
  const isNamed =
    use.purpose === 'pay'
      ? block.paymentId?.toLowerCase() === use.paymentId
      : block.mandateId?.toLowerCase() === use.mandateId && isForOperation(block, use.operation)
  return (
    isNamed &&
    block.amountPaise === use.amountPaise &&
    block.payeeVpa !== undefined &&
    normaliseVpa(block.payeeVpa) === normaliseVpa(use.payeeVpa) &&
    (block.accountId === undefined || block.accountId.toLowerCase() === use.accountId)
  )
}

/** One that names none was made by an app of the version before, which runs while this one is rolled out. */
const isForOperation = ({ operation }: PinBlock, wanted: MandateOperationByPin): boolean =>
  operation === undefined || operation === wanted

/** The PIN that was entered for this use, or the UPI code that it is declined with. */
export function pinFor(
  deps: Pick<AccountDeps, 'pins' | 'clock'>,
  jwe: string,
  use: PinBlockUse,
): { pin: string } | { declineCode: 'U14' | 'U54' } {
  let block: PinBlock
  try {
    block = openPinBlock(deps, jwe)
  } catch (error) {
    if (error instanceof Problem) return { declineCode: 'U14' }
    throw error
  }
  const isUsable = isFor(block, use) && !pinBlockTimeFault(block.iat, deps.clock.now())
  return isUsable ? { pin: block.pin } : { declineCode: 'U54' }
}

/** What the PIN block of a payment is made for. */
export function payUse(
  transfer: Pick<TransferDetails, 'id' | 'amountPaise' | 'payeeVpa' | 'payerAccountId'>,
): PinBlockUse {
  const { id: paymentId, amountPaise, payeeVpa, payerAccountId } = transfer
  return { purpose: 'pay', accountId: payerAccountId.toLowerCase(), paymentId, amountPaise, payeeVpa }
}

/** Keeps that a block was used. False: it was before. */
export function isFirstUse(sql: Queryable, jwe: string, at: Date): Promise<boolean> {
  return insertUsedPinBlock(sql, digestOf(jwe), at)
}

/** Opens a block that a person sent, once: the same block again is refused. Throws `pin-block-invalid`. */
export async function openPinBlockOnce(
  deps: Pick<AccountDeps, 'pins' | 'clock' | 'sql'>,
  jwe: string,
  use: PinBlockUse,
): Promise<PinBlock> {
  const block = openPinBlock(deps, jwe)
  if (!isFor(block, use)) throw new Problem('pin-block-invalid', 'the PIN block was made for something else')
  refuseOtherTime(block, deps.clock.now())
  await markPinBlockUsed(deps, jwe)
  return block
}

/** A wrong clock looks like a replay: the refusal says by how much it is wrong. */
function refuseOtherTime({ iat }: PinBlock, now: Date): void {
  const fault = pinBlockTimeFault(iat, now)
  if (!fault) return
  const minutes = Math.round(Math.abs(now.getTime() / 1_000 - iat) / 60)
  const when = fault === 'ahead' ? `${minutes} minutes in the future` : `${minutes} minutes ago`
  throw new Problem(
    'pin-block-invalid',
    `by its \`iat\` the PIN block was made ${when}: take the time from the \`date\` of our answers`,
  )
}

/** Takes a block that is encrypted for another bank, once. Throws `pin-block-invalid`. */
export async function markPinBlockUsed(deps: Pick<AccountDeps, 'clock' | 'sql'>, jwe: string): Promise<void> {
  if (await isFirstUse(deps.sql, jwe, deps.clock.now())) return
  throw new Problem('pin-block-invalid', 'the PIN block was used before: encrypt it anew')
}

/** Of what the text stands for: base64url has more than one spelling of the same bytes. */
function digestOf(jwe: string): Buffer {
  const hash = createHash('sha256')
  for (const part of jwe.split('.').slice(2)) hash.update(Buffer.from(part, 'base64url')).update('.')
  return hash.digest()
}
