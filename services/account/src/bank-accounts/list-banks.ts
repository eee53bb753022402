// The banks whose accounts can be linked: ours, and those in the network.
import type { Bank } from '@bahi/contracts/account.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { ownBank } from './own-bank.ts'
import type { NetworkDirectory } from '../network/network-directory.ts'

/** Ours alone when the network cannot be asked. */
export async function listBanks(directory: NetworkDirectory): Promise<Bank[]> {
  try {
    return [ownBank, ...(await directory.banks())]
  } catch (error) {
    if (error instanceof Problem && error.code === 'bank-unreachable') return [ownBank]
    throw error
  }
}

/** Throws `not-found`, or `bank-unreachable` when only the network could know. */
export async function findBank(directory: NetworkDirectory, code: string): Promise<Bank> {
  if (code === ownBank.code) return ownBank
  const found = (await directory.banks()).find((bank) => bank.code === code)
  if (!found) throw new Problem('not-found', `no bank has the code ${code}`)
  return found
}
