// Reconciliation from the terminal: cycles held against our books, and the differences that people look after.
import type { Call } from '@bahi/contracts/call.ts'
import { formatRupees } from '@bahi/contracts/formats.ts'
import { cycleAt } from '@bahi/contracts/network-rules.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import * as contracts from '@bahi/contracts/reconciliation.ts'
import { parseArguments, exitWith } from '@bahi/platform/arguments.ts'
import { operatorAt, operatorHelp, operatorOptions, refusalOf } from '@bahi/platform/operator-login.ts'

const help = `npm run reconcile
npm run reconcile -- cycle <id>
npm run reconcile -- differences
npm run reconcile -- close <difference> --note <why>
npm run reconcile -- check

Holds the network's settlement report against the ledger and the payments. Without a command: the last cycle that has
ended. The platform does so by itself when a cycle ends; doing it again changes nothing that is right already.
check: asks the network anew about payments that are open beyond their last check.
Ends with 0 when nothing differs, with 1 when differences are open or it was refused, with 2 for what it does not know.

${operatorHelp}
  --note <why>       why a difference is closed by hand; kept with who did it
  --json             for a program
  --help             this text`

const { values, positionals } = parseArguments(
  help,
  {
    ...operatorOptions,
    note: { type: 'string' },
    json: { type: 'boolean' },
  },
  { allowPositionals: true },
)
const [verb = 'cycle', subject, ...more] = positionals
if (more.length > 0 || !['cycle', 'differences', 'close', 'check'].includes(verb)) {
  exitWith(`what is ${positionals.join(' ')}?\n\n${help}`)
}
if (verb === 'close' && (!subject || !values.note)) exitWith('close needs the id of a difference and --note')

try {
  await run(await operatorAt(values.url, values))
} catch (error) {
  const down = `${values.url} does not answer`
  console.error(error instanceof Problem ? refusalOf(error) : `${down}: ${(error as Error).message}`)
  process.exitCode = 1
}

async function run(call: Call): Promise<void> {
  if (verb === 'check') {
    const { asked } = await call(contracts.checkOpenPayments, { body: {} })
    return print({ asked }, () => console.log(`${asked} open payment(s) will be asked about now`))
  }
  if (verb === 'close') {
    const closed = await call(contracts.closeDifference, {
      params: { id: subject! },
      body: { note: values.note! },
    })
    return print(closed, () => console.log(`closed: ${lineOf(closed)}`))
  }
  if (verb === 'differences') return printDifferences(call)
  // The last cycle that has ended, unless one is named.
  const cycle = subject ?? cycleAt(new Date(cycleAt(new Date()).from.getTime() - 1)).id
  const done = await call(contracts.reconcileCycle, { params: { cycle } })
  print(done, () => {
    const net = (paise: number) =>
      paise < 0 ? `we owe ${formatRupees(-paise)}` : `owed to us ${formatRupees(paise)}`
    console.log(`${done.id}  ${done.from} to ${done.to}`)
    console.log(`  network   ${net(done.networkNetPaise)}`)
    console.log(`  ledger    ${net(done.ledgerNetPaise)}`)
    console.log(`  matched   ${done.matched}`)
    console.log(`  open      ${done.open}`)
  })
  if (done.open > 0) process.exitCode = 1
}

async function printDifferences(call: Call): Promise<void> {
  const all: contracts.Difference[] = []
  for (let after: string | undefined; ;) {
    const querystring = { state: 'open' as const, limit: 200, ...(after ? { after } : {}) }
    const page = await call(contracts.listDifferences, { querystring })
    all.push(...page.differences)
    after = page.next
    if (after === undefined) break
  }
  print(all, () => {
    for (const one of all) console.log(lineOf(one))
    console.log(all.length === 0 ? 'no open differences' : `${all.length} open difference(s)`)
  })
  if (all.length > 0) process.exitCode = 1
}

function lineOf(one: contracts.Difference): string {
  const rupees = (paise: number | undefined) => (paise === undefined ? 'none' : formatRupees(paise))
  const amounts = `network ${rupees(one.networkPaise)}, ledger ${rupees(one.ledgerPaise)}`
  const about = `${one.txnId} ${one.side} RRN ${one.rrn ?? 'unknown'}`
  const status = `payment ${one.paymentStatus ?? 'none'}`
  return `${one.id}  ${one.kind}  ${one.cycle}  ${one.ageHours} h  ${about}  ${amounts}, ${status}`
}

function print(result: unknown, inWords: () => void): void {
  if (values.json) console.log(JSON.stringify(result, undefined, 2))
  else inWords()
}
