// The client of the payment network for what other banks and PSPs know: banks, accounts, addresses, keys, PIN, balance.
import type { Bank } from '@bahi/contracts/account.ts'
import type { Output } from '@bahi/contracts/call.ts'
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { balEnq, listKeys, otherBankAccounts, otherBanks, setCre, valAdd } from '@bahi/contracts/sandbox.ts'
import { cachedValue } from '@bahi/kit/cache/bounded-map.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'

const banksFreshMs = 5 * 60_000

const keysFreshMs = 5 * 60_000

const retryAfterS = 30

export type OtherAccount = Output<typeof otherBankAccounts>['accounts'][number]

export type Address = Output<typeof valAdd>['found'][number]

/** An account at another bank: our id of it is what a PIN block is bound to. */
type At = { id: string; bank: string; accountRef: string }

/** UPI's code, `00` when done. */
export type BankAnswer = { code: string; triesLeft?: number; balancePaise?: number }

export type Network = {
  /** As last heard, when the network is silent now. Throws `bank-unreachable` when it was never heard. */
  banks(): Promise<Bank[]>
  /** Throws `bank-unreachable`, or `not-found` for a bank that is not there. */
  accountsAt(bank: string, phone: string): Promise<OtherAccount[]>
  /** By UPI ID, normalised; unknown ones are left out. Throws `bank-unreachable`. */
  addresses(vpas: string[]): Promise<Map<string, Address>>
  /** What PINs for other banks are encrypted for; as last heard, or none, when the network is silent. */
  keys(): Promise<Record<string, unknown>[]>
  /** Throws `bank-unreachable`. */
  setPin(account: At, asked: { card?: { last6: string; expiry: string }; pin: string }): Promise<BankAnswer>
  /** Throws `bank-unreachable`. */
  balance(account: At, pin: string): Promise<BankAnswer>
}

export function createNetwork(deps: Pick<Deps, 'call' | 'clock'>): Network {
  const banks = cachedValue<Bank[]>(deps.clock, banksFreshMs, async () => {
    const answer = await deps.call(otherBanks, {})
    return answer.banks.map((bank) => ({ ...bank, onUs: false }))
  })
  const keys = cachedValue(deps.clock, keysFreshMs, async () => (await deps.call(listKeys, {})).keys)
  const at = ({ id, bank, accountRef }: At) => ({ bank, accountRef, accountId: id })
  const asked = <T>(answer: Promise<T>, who: string) =>
    answer.catch((error: unknown) => {
      throw unreachable(error, who)
    })
  return {
    async banks() {
      try {
        return await banks.get()
      } catch (error) {
        const last = banks.last()
        if (last && error instanceof Problem) return last
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
    async addresses(vpas) {
      const { found } = await asked(deps.call(valAdd, { body: { addrs: vpas } }), 'the network')
      return new Map(found.map((address) => [normaliseVpa(address.addr), address]))
    },
    async keys() {
      try {
        return await keys.get()
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        return keys.last() ?? []
      }
    },
    setPin: (account, { card, pin }) =>
      asked(deps.call(setCre, { body: { ...at(account), ...(card ? { card } : {}), pin } }), 'the bank'),
    balance: (account, pin) => asked(deps.call(balEnq, { body: { ...at(account), pin } }), 'the bank'),
  }
}

/** Whatever kept it from answering, a person is told the same; that it knows no such bank is an answer. */
export function unreachable(error: unknown, who: string): unknown {
  if (!(error instanceof Problem) || error.code === 'not-found') return error
  return new Problem('bank-unreachable', `${who} does not answer now: try again in a while`, { retryAfterS })
}
