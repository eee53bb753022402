// For tests: the payer's bank as far as mandates need it, in memory.
import type { Input } from '@bahi/contracts/call.ts'
import { operateMandate } from '@bahi/contracts/bank-mandates.ts'
import type { MandateDebitRef, Transfer } from '@bahi/contracts/transfers.ts'
import { isByPin } from './mandates/mandate.ts'

type Asked = Input<typeof operateMandate>['body']

export function stubMandates(goodPin: string) {
  const live = new Map<string, { accountId: string; isRevoked: boolean; debited: Map<number, string> }>()
  const decided = new Map<string, { code: string; triesLeft?: number }>()

  function decide({ umn, accountId, operation, pin }: Asked): { code: string; triesLeft?: number } {
    if (isByPin(operation) && pin !== goodPin) return { code: 'ZM', triesLeft: 2 }
    if (operation.type === 'create' || operation.type === 'take')
      live.set(umn, { accountId, isRevoked: false, debited: new Map() })
    const mandate = live.get(umn)
    if (!mandate) return { code: 'VF' }
    if (mandate.accountId !== accountId) return { code: 'VF' }
    if (operation.type === 'revoke') mandate.isRevoked = true
    if (operation.type === 'port') mandate.accountId = operation.accountId
    if (operation.type === 'release') {
      live.set(operation.toUmn, mandate)
      live.delete(umn)
    }
    return { code: '00' }
  }

  return {
    /** @param asked without an operation: what became of it */
    operate(path: string, asked: Asked) {
      const key = `${asked.umn} ${asked.nth}`
      const outcome = decided.get(key) ?? (path === operateMandate.url ? decide(asked) : { code: 'XB' })
      decided.set(key, outcome)
      return outcome
    },
    /** Why a debit is declined; undefined: the mandate allows it. */
    refusalOf(transfer: Pick<Transfer, 'authorisation' | 'payerAccountId'>): string | undefined {
      const by = debitOf(transfer)
      if (!by) return undefined
      const mandate = live.get(by.umn)
      if (mandate?.accountId !== transfer.payerAccountId) return 'VF'
      if (mandate.isRevoked) return 'QC'
      return mandate.debited.has(by.sequence) ? 'QB' : undefined
    },
    debited(transfer: Pick<Transfer, 'id' | 'authorisation'>): void {
      const by = debitOf(transfer)
      if (by) live.get(by.umn)!.debited.set(by.sequence, transfer.id)
    },
    /** The network declined what was held under this id. */
    gaveBack(id: string): void {
      for (const { debited } of live.values())
        for (const [sequence, by] of debited) if (by === id) debited.delete(sequence)
    },
  }
}

/** The debit of a mandate that it is, without a PIN or approved with one. */
function debitOf({ authorisation }: Pick<Transfer, 'authorisation'>): MandateDebitRef | undefined {
  if (authorisation.kind === 'mandate') return authorisation
  return authorisation.kind === 'pin' ? authorisation.mandate : undefined
}
