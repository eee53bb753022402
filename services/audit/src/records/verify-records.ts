// Verifies the stored chain while events are being appended to it.
import type { Sql } from '@bahi/kit/sql/sql.ts'
import type { Head } from './chain.ts'
import { lastSeq, pagesUpTo, readHead } from './store.ts'
import { maxFaults, verifyChain, type Verdict } from './verify-chain.ts'

/** Takes no lock and no long transaction: verifies the records up to the head as it was at the beginning. */
export async function verifyStoredRecords(sql: Sql, checkpoints: Head[] = []): Promise<Verdict> {
  const headBefore = await readHead(sql)
  const verdict = await verifyChain(headBefore, pagesUpTo(sql, headBefore.seq), checkpoints)
  // In this order: writers move the head in the transaction of the records, so it is never behind them.
  const last = await lastSeq(sql)
  const head = await readHead(sql)
  if (last <= head.seq) return verdict
  const beyond = { seq: head.seq + 1, fault: 'beyond the head of the chain' }
  return { ...verdict, whole: false, faults: [...verdict.faults, beyond].slice(-maxFaults) }
}
