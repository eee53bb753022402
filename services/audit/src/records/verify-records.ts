// Proves the chain as the database holds it now, while others go on appending.
import type { Sql } from '@bahi/kit/sql/sql.ts'
import type { Head } from './chain.ts'
import { lastSeq, pagesUpTo, readHead } from './store.ts'
import { maxFaults, verify, type Verdict } from './verify-chain.ts'

/** No lock and no long transaction: what stood below the head at the beginning must still stand there. */
export async function proveStored(sql: Sql, noted: Head[] = []): Promise<Verdict> {
  const begun = await readHead(sql)
  const verdict = await verify(begun, pagesUpTo(sql, begun.seq), noted)
  // In this order: an honest writer moves the head together with the records, so it is never behind them.
  const last = await lastSeq(sql)
  const head = await readHead(sql)
  if (last <= head.seq) return verdict
  const beyond = { seq: head.seq + 1, fault: 'beyond the head of the chain' }
  return { ...verdict, whole: false, faults: [...verdict.faults, beyond].slice(-maxFaults) }
}
