// The banks whose accounts can be linked: ours, and those that the network tells of.
import type { Bank } from '@bahi/contracts/account.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { ownBank } from './own-bank.ts'
import type { Network } from '../network/network.ts'

/** Ours alone when the network cannot be asked. */
export async function listBanks(network: Network): Promise<Bank[]> {
  try {
    return [ownBank, ...(await network.banks())]
  } catch (error) {
    if (error instanceof Problem && error.code === 'bank-unreachable') return [ownBank]
    throw error
  }
}

/** Throws `not-found`, or `bank-unreachable` when only the network could know. */
export async function findBank(network: Network, code: string): Promise<Bank> {
  if (code === ownBank.code) return ownBank
  const found = (await network.banks()).find((bank) => bank.code === code)
  if (!found) throw new Problem('not-found', `no bank has the code ${code}`)
  return found
}
