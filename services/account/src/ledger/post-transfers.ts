// Pays or holds with a PIN: transfers of many calls gather in lanes; each set is authorised and posted in one commit.
import type { Transfer, TransferOutcome } from '@bahi/contracts/transfers.ts'
import { accountIn, normaliseVpa, splitVpa } from '@bahi/contracts/formats.ts'
import { networkRulesAt } from '@bahi/contracts/network-rules.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { batch } from '@bahi/kit/batch.ts'
import type { NewEvent } from '@bahi/kit/events/events.ts'
import { retryRaces } from '@bahi/kit/sql/sql.ts'
import { currentTrace } from '@bahi/kit/trace.ts'
import { ownBank } from '../bank-accounts/own-bank.ts'
import type { AccountDeps } from '../config.ts'
import { pinRulesAt } from '../pin/check-pin.ts'
import { createFindAccounts, type TransferAccounts } from './find-accounts.ts'
import { partitionOf } from './ledger.ts'
import { pinForPayment } from '../pin/pin-block.ts'
import { authoriseAndPost, type AuthorisedOutcome, type AuthorisedTransfer } from './store.ts'

const maxItems = 200
const dayS = 24 * 3_600
/** Asked without a PIN and never seen: recorded as declined, so that it cannot happen any more. */
const neverSeen = 'XB'

export type TransferPoster = {
  /** Outcomes of those that were decided; see the contract. Throws only when nothing was. */
  post(transfers: Transfer[]): Promise<TransferOutcome[]>
  idle(): Promise<void>
}

type Item = AuthorisedTransfer & {
  payer: { userId: string; accountId: string }
  traceparent?: string | undefined
}

export function createTransferPoster(deps: AccountDeps): TransferPoster {
  const findEnds = createFindAccounts(deps)
  const lanes = Array.from({ length: deps.config.BAHI_LEDGER_PARTITIONS }, () =>
    batch<Item, AuthorisedOutcome>((items) => retryRaces(() => postBatch(deps, items)), {
      maxItems,
      maxInFlight: 1,
    }),
  )

  async function postOne(transfer: Transfer, prepared: PromiseSettledResult<Item>): Promise<TransferOutcome> {
    if (prepared.status === 'rejected') throw prepared.reason
    const item = prepared.value
    const outcome = await lanes[partitionOf(item.creditAccount, lanes.length)]!(item)
    if (outcome.code.startsWith('!')) {
      deps.log.error({ transferId: transfer.id }, 'the id of a transfer came again with other content')
      throw new Problem('id-reused')
    }
    return outcomeOf(transfer, outcome)
  }

  return {
    async post(transfers) {
      const ends = await findEnds(transfers)
      // PIN blocks open in any order; the transfers of a call are decided in theirs.
      const prepared = await Promise.allSettled(transfers.map((t, i) => itemOf(deps, t, ends[i]!)))
      const results = await Promise.allSettled(transfers.map((t, i) => postOne(t, prepared[i]!)))
      const outcomes = results.flatMap((r) => (r.status === 'fulfilled' ? [r.value] : []))
      const failed = results.find((r) => r.status === 'rejected')
      if (failed && outcomes.length === 0) throw failed.reason
      if (failed) deps.log.warn({ err: failed.reason as Error }, 'some transfers of a call are undecided')
      return outcomes
    },
    async idle() {
      await Promise.all(lanes.map((lane) => lane.idle()))
    },
  }
}

async function itemOf(
  deps: AccountDeps,
  transfer: Transfer,
  { payer, payee, payeeOwner, settlement }: TransferAccounts,
): Promise<Item> {
  const { hold } = transfer
  const item = {
    id: transfer.id,
    kind: hold ? ('hold' as const) : ('transfer' as const),
    expiresInS: hold && networkRulesAt(deps.clock.now()).holdDays * dayS,
    bankAccountId: payer?.bankAccountId ?? null,
    debitAccount: payer?.ledgerAccountId ?? 0,
    creditAccount: hold ? settlement : (payee?.ledgerAccountId ?? 0),
    amountPaise: transfer.amountPaise,
    payer: { userId: transfer.payerUserId.toLowerCase(), accountId: transfer.payerAccountId.toLowerCase() },
    traceparent: currentTrace()?.traceparent,
  }
  const { pin } = transfer
  if (pin === undefined) return { ...item, declineCode: neverSeen }
  if (!payer || payer.userId !== item.payer.userId) return { ...item, declineCode: 'XH' }
  if (payer.bankAccountId === null) return { ...item, declineCode: hold ? 'XB' : 'U28' }
  const wrong = hold
    ? declineOfOffUsPayee(deps, transfer, payeeOwner)
    : declineOfPayee(transfer, payee, payeeOwner)
  if (wrong) return { ...item, declineCode: wrong }
  const found = pinForPayment(deps, { ...transfer, pin })
  if ('declineCode' in found) return { ...item, declineCode: found.declineCode }
  return { ...item, pinDigest: deps.pins.digest(payer.bankAccountId, found.pin) }
}

/** The person entered the PIN for a UPI ID: whoever owns that is who is paid. */
function declineOfPayee(
  { payeeVpa }: Transfer,
  payee: TransferAccounts['payee'],
  owner: string | undefined,
): string | undefined {
  const account = accountIn(payeeVpa)
  if (account) return payee?.bankAccountId === account.accountRef ? undefined : 'XI'
  if (!payee || payee.userId !== owner) return 'XI'
  return payee.bankAccountId === null ? 'U78' : undefined
}

/** Who is behind a UPI ID of others only the network knows; one of ours somebody must have. */
function declineOfOffUsPayee(
  deps: AccountDeps,
  { payeeVpa }: Transfer,
  owner: string | undefined,
): string | undefined {
  if (accountIn(payeeVpa)?.ifsc === ownBank.ifsc) return 'XI'
  const ours = splitVpa(normaliseVpa(payeeVpa))?.handle === deps.config.BAHI_HANDLE
  return ours && owner === undefined ? 'XI' : undefined
}

/** In a transaction without a wake of the relay: events are rare here, and it looks by itself soon. */
function postBatch(deps: AccountDeps, items: Item[]): Promise<AuthorisedOutcome[]> {
  const at = deps.clock.now()
  return deps.sql.begin(async (tx) => {
    const outcomes = await authoriseAndPost(tx, items, { at, ...pinRulesAt(at) })
    const locked = outcomes.flatMap((outcome, i): NewEvent[] => {
      const { payer, traceparent } = items[i]!
      if (!outcome.lockedNow) return []
      return [{ type: 'account.pin-locked', stream: payer.accountId, traceparent, data: payer }]
    })
    if (locked.length > 0) await deps.append(tx, ...locked)
    return outcomes
  })
}

function outcomeOf(transfer: Transfer, outcome: AuthorisedOutcome): TransferOutcome {
  const { id, code, isNew: fresh, triesLeft } = outcome
  if (code === '00') return { id, status: 'posted', code, postedAt: outcome.postedAt.toISOString() }
  const status = transfer.pin === undefined && fresh ? 'unknown' : 'declined'
  return { id, status, code, ...(triesLeft === null ? {} : { triesLeft }) }
}
