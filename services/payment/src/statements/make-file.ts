// Makes the file of a statement: CSV at once, the others in a thread of their own, beside which payments go on.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { toCsv } from './csv.ts'
import type { Statement } from './store.ts'
import { tableOf, type StatementFacts, type StatementRow } from './table.ts'

export type ThreadInput = { format: Statement['format']; facts: StatementFacts; rows: StatementRow[] }

export async function fileOf(
  { format }: Pick<Statement, 'format'>,
  { id, language, fromOn, toOn, account, madeAt, auditHash, verifyAt }: StatementFacts,
  rows: StatementRow[],
): Promise<Buffer> {
  const facts = { id, language, fromOn, toOn, account, madeAt, auditHash, verifyAt }
  if (format === 'csv') return toCsv(tableOf(facts, rows))
  const workerData: ThreadInput = { format, facts, rows }
  const worker = new Worker(new URL('./statement-thread.ts', import.meta.url), { workerData })
  try {
    // An error of the thread is thrown here.
    const [bytes] = (await once(worker, 'message')) as [Uint8Array]
    return Buffer.from(bytes)
  } finally {
    await worker.terminate()
  }
}
