// The only file that speaks to other banks: which there are, and the accounts that they hold for a phone.
import type { Bank } from '@bahi/contracts/account.ts'
import type { Output } from '@bahi/contracts/call.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { otherBankAccounts, otherBanks } from '@bahi/contracts/sandbox.ts'
import type { Deps } from '@bahi/kit/service.ts'

const banksFreshMs = 5 * 60_000
const retryAfterS = 30

export type OtherAccount = Output<typeof otherBankAccounts>['accounts'][number]

export type Network = {
  /** As last heard, when the network is silent now. Throws `bank-unreachable` when it was never heard. */
  banks(): Promise<Bank[]>
  /** Throws `bank-unreachable`, or `not-found` for a bank that is not there. */
  accountsAt(bank: string, phone: string): Promise<OtherAccount[]>
}

export function createNetwork(deps: Pick<Deps, 'call' | 'clock'>): Network {
  let heard: { banks: Bank[]; untilMs: number } | undefined
  return {
    async banks() {
      const nowMs = deps.clock.now().getTime()
      if (heard && heard.untilMs > nowMs) return heard.banks
      try {
        const { banks } = await deps.call(otherBanks, {})
        heard = { banks: banks.map((bank) => ({ ...bank, onUs: false })), untilMs: nowMs + banksFreshMs }
        return heard.banks
      } catch (error) {
        if (heard && error instanceof Problem) return heard.banks
        throw unreachable(error, 'the network')
      }
    },
    async accountsAt(bank, phone) {
      try {
        const { accounts } = await deps.call(otherBankAccounts, {
          params: { bank },
          querystring: { phone },
        })
        return accounts
      } catch (error) {
        throw unreachable(error, 'the bank')
      }
    },
  }
}

/** Whatever kept it from answering, a person is told the same; that it knows no such bank is an answer. */
function unreachable(error: unknown, who: string): unknown {
  if (!(error instanceof Problem) || error.code === 'not-found') return error
  return new Problem('bank-unreachable', `${who} does not answer now: try again in a while`, { retryAfterS })
}
