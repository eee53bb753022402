// The thread that makes the file of a statement, and ends: laying out thousands of rows takes seconds.
import { parentPort, workerData } from 'node:worker_threads'
import { toPdf } from './pdf.ts'
import { tableOf } from './table.ts'
import type { ThreadInput } from './make-file.ts'
import { toXlsx } from './xlsx.ts'

const { format, facts, rows } = workerData as ThreadInput
const table = tableOf(facts, rows)
parentPort!.postMessage(await (format === 'xlsx' ? toXlsx(table) : toPdf(table)))
