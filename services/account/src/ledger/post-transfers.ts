// Posts transfers and holds with their authorisation, and resolves those whose outcome is unknown: items of many calls
// form batches by partition; each batch is authorised and posted in one commit.
import type {
  MandateDebitRef,
  Transfer,
  TransferDetails,
  TransferOutcome,
} from '@bahi/contracts/transfers.ts'
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
import type { LedgerMetrics } from './metrics.ts'
import { payUse, pinFor } from '../pin/pin-block.ts'
import { authoriseAndPost, type AuthorisedOutcome, type AuthorisedTransfer } from './store.ts'

const maxItems = 200
const dayS = 24 * 3_600
/** Recorded as the outcome of a transfer that is resolved and was never posted: it cannot be posted any more. */
const neverPosted = 'XB'

export type TransferPoster = {
  /** Outcomes of those that were decided; see the contract. Throws only when nothing was. */
  post(transfers: Transfer[]): Promise<TransferOutcome[]>
  /** As `post`, but nothing is authorised: the outcome is the one that exists, or the transfer is barred for good. */
  resolve(transfers: TransferDetails[]): Promise<TransferOutcome[]>
  idle(): Promise<void>
}

type Item = AuthorisedTransfer & {
  payer: { userId: string; accountId: string }
  traceparent?: string | undefined
}

export function createTransferPoster(
  deps: AccountDeps,
  metrics: Pick<LedgerMetrics, 'decided'>,
): TransferPoster {
  const findAccounts = createFindAccounts(deps)
  const partitions = Array.from({ length: deps.config.BAHI_LEDGER_PARTITIONS }, () =>
    batch<Item, AuthorisedOutcome>(
      async (items) => {
        const outcomes = await retryRaces(() => postBatch(deps, items))
        metrics.decided(outcomes)
        return outcomes
      },
      { name: 'post to the ledger', maxItems, maxInFlight: 1 },
    ),
  )

  async function postOne(prepared: PromiseSettledResult<Item>): Promise<TransferOutcome> {
    if (prepared.status === 'rejected') throw prepared.reason
    const item = prepared.value
    const outcome = await partitions[partitionOf(item.creditAccount, partitions.length)]!(item)
    if (outcome.code.startsWith('!')) {
      deps.log.error({ transferId: item.id }, 'transfer id was reused with other content: nothing was posted')
      throw new Problem('id-reused')
    }
    return outcomeOf(outcome)
  }

  async function postAll<T extends TransferDetails>(
    transfers: T[],
    prepare: (transfer: T, accounts: TransferAccounts) => Item,
  ): Promise<TransferOutcome[]> {
    const accounts = await findAccounts(transfers)
    const prepared = await Promise.allSettled(
      transfers.map((transfer, i) => Promise.try(() => prepare(transfer, accounts[i]!))),
    )
    const results = await Promise.allSettled(prepared.map(postOne))
    const outcomes = results.flatMap((r) => (r.status === 'fulfilled' ? [r.value] : []))
    const failed = results.find((r) => r.status === 'rejected')
    if (failed && outcomes.length === 0) throw failed.reason
    if (failed) deps.log.warn({ err: failed.reason as Error }, 'some transfers of a call were not decided')
    return outcomes
  }

  return {
    post: (transfers) =>
      postAll(transfers, (transfer, accounts) => authorisedItemOf(deps, transfer, accounts)),
    resolve: (transfers) =>
      postAll(transfers, (transfer, accounts) => ({
        ...itemOf(deps, transfer, accounts),
        declineCode: neverPosted,
      })),
    async idle() {
      await Promise.all(partitions.map((partition) => partition.idle()))
    },
  }
}

/** What is posted, whatever allows it. */
function itemOf(deps: AccountDeps, transfer: TransferDetails, accounts: TransferAccounts): Item {
  const { hold } = transfer
  const { payer, payee, settlement } = accounts
  return {
    id: transfer.id,
    kind: hold ? 'hold' : 'transfer',
    expiresInS: hold && networkRulesAt(deps.clock.now()).holdDays * dayS,
    bankAccountId: payer?.bankAccountId ?? null,
    debitAccount: payer?.ledgerAccountId ?? 0,
    creditAccount: hold ? settlement : (payee?.ledgerAccountId ?? 0),
    amountPaise: transfer.amountPaise,
    payer: { userId: transfer.payerUserId.toLowerCase(), accountId: transfer.payerAccountId.toLowerCase() },
    traceparent: currentTrace()?.traceparent,
  }
}

/** The item with the PIN digest that it is authorised with, or with the code that it is declined with. */
function authorisedItemOf(deps: AccountDeps, transfer: Transfer, accounts: TransferAccounts): Item {
  const item = itemOf(deps, transfer, accounts)
  const { payer, payee, payeeOwner } = accounts
  const { hold, authorisation } = transfer
  if (!payer || payer.userId !== item.payer.userId) return { ...item, declineCode: 'XH' }
  if (payer.bankAccountId === null) return { ...item, declineCode: hold ? 'XB' : 'U28' }
  const payeeDecline = hold
    ? declineOfOffUsPayee(deps, transfer, payeeOwner)
    : declineOfPayee(transfer, payee, payeeOwner)
  if (payeeDecline) return { ...item, declineCode: payeeDecline }
  const boundTo = ({ umn, sequence }: MandateDebitRef) => ({
    mandate: { umn: normaliseVpa(umn), sequence, payeeVpa: normaliseVpa(transfer.payeeVpa) },
  })
  switch (authorisation.kind) {
    case 'pin': {
      const opened = pinFor(deps, authorisation.pin, payUse(transfer))
      if ('declineCode' in opened) return { ...item, declineCode: opened.declineCode }
      const pinDigest = deps.pins.digest(payer.bankAccountId, opened.pin)
      return { ...item, pinDigest, ...(authorisation.mandate ? boundTo(authorisation.mandate) : {}) }
    }
    case 'mandate':
      return { ...item, ...boundTo(authorisation) }
    case 'preapproved':
      throw new Problem('request-invalid', 'only legs of the network are preapproved')
  }
}

/** The payer authorised a payment to this UPI ID: the account credited must be that of its owner. */
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

/** Only the network knows who is behind a UPI ID of another PSP; one of ours must exist. */
function declineOfOffUsPayee(
  deps: AccountDeps,
  { payeeVpa }: Transfer,
  owner: string | undefined,
): string | undefined {
  if (accountIn(payeeVpa)?.ifsc === ownBank.ifsc) return 'XI'
  const ours = splitVpa(normaliseVpa(payeeVpa))?.handle === deps.config.BAHI_HANDLE
  return ours && owner === undefined ? 'XI' : undefined
}

/** Does not wake the relay: events are rare here, and it polls. */
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

function outcomeOf({ id, code, postedAt, triesLeft }: AuthorisedOutcome): TransferOutcome {
  if (code === '00') return { id, status: 'posted', code, postedAt: postedAt.toISOString() }
  return { id, status: 'declined', code, ...(triesLeft === null ? {} : { triesLeft }) }
}
