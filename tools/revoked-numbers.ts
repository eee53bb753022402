// Sends a list of disconnected mobile numbers (MNRL), as the feed of a weekly job or as an operator.
import { statSync } from 'node:fs'
import type { Call } from '@bahi/contracts/call.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import * as contracts from '@bahi/contracts/revoked-numbers.ts'
import { rulesAt } from '@bahi/contracts/rules.ts'
import { secretOf } from '@bahi/kit/runtime/config.ts'
import { apiAt } from '@bahi/platform/api-client.ts'
import { exitWith, parseArguments } from '@bahi/platform/arguments.ts'
import { operatorAt, operatorHelp, operatorOptions } from '@bahi/platform/operator-login.ts'
import { listsIn, reasonOf, sendLists, type ListFile } from './revoked-numbers/lists.ts'
import { partsOf } from './revoked-numbers/parts.ts'

const help = `npm run revoked-numbers -- send <file> --listed-on <YYYY-MM-DD>
npm run revoked-numbers -- send <folder>
npm run revoked-numbers -- list

Sends a list of mobile numbers that were disconnected: a number a line, or number,date,reason. Whoever is ours with one
of them, and has not proven it since, is asked to prove it or to change it. A large file goes in parts; sending it
again changes nothing but the age of the lists. Of a folder every list is sent that is named by its day, such as
2026-11-23.csv; one that is refused keeps no other back. With BAHI_REVOKED_NUMBERS_KEY it is the feed, for a weekly
job: without, an operator signs in.
Ends with 0 when it was done, with 1 when it was refused, with 2 for a command that it does not know.

${operatorHelp}
  --listed-on <day>  of which day the list is
  --rows <n>         of a part at most (default: as many as are taken at once)
  --json             for a program
  --help             this text`

const { values, positionals } = parseArguments(
  help,
  {
    ...operatorOptions,
    'listed-on': { type: 'string' },
    rows: { type: 'string' },
    json: { type: 'boolean' },
  },
  { allowPositionals: true },
)
const [verb = '', file, ...more] = positionals
const listedOn = values['listed-on']
if (more.length > 0 || !['send', 'list'].includes(verb))
  exitWith(`what is ${positionals.join(' ')}?\n\n${help}`)
const isFolder = file !== undefined && (statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false)
const { maxRows: taken } = rulesAt(contracts.revocationRules, new Date())
const maxRows = values.rows === undefined ? taken : Number(values.rows)
if (!Number.isInteger(maxRows) || maxRows < 1 || maxRows > taken)
  exitWith(`--rows ${values.rows}: a number from 1 to ${taken}`)
if (verb === 'send' && (!file || (isFolder ? listedOn : !listedOn)))
  exitWith('send needs a file and --listed-on, or a folder')

try {
  if (verb === 'send') {
    const take = await taker()
    const lists = isFolder ? await listsIn(file!) : [{ path: file!, listedOn: listedOn! }]
    await sendLists(lists, (list) => send(take, list))
  } else {
    const call = await operatorAt(values.url, values)
    for (const list of (await call(contracts.listRevokedNumbers, { querystring: {} })).lists) print(list)
  }
} catch (error) {
  console.error(reasonOf(error))
  process.exitCode = 1
}

async function send(take: Take, { path, listedOn: day }: ListFile): Promise<void> {
  const bounds = { maxRows, maxBytes: contracts.uploadRevokedNumbers.upload.maxBytes }
  let parts = 0
  for await (const _ of partsOf(path, bounds)) parts += 1
  if (parts === 0) throw new Error('the list is empty')
  let part = 0
  for await (const bytes of partsOf(path, bounds))
    print(await take({ listedOn: day, part: ++part, parts }, { type: 'text/csv', bytes }))
}

type Query = { listedOn: string; part: number; parts: number }
type Take = (
  querystring: Query,
  file: { type: string; bytes: Uint8Array<ArrayBuffer> },
) => Promise<contracts.RevokedNumberList>

async function taker(): Promise<Take> {
  const key = secretOf('BAHI_REVOKED_NUMBERS_KEY', process.env)
  if (key) {
    const call = apiAt(values.url)
    const headers = { authorization: `Bearer ${key}` }
    return (querystring, file) => call(contracts.feedRevokedNumbers, { querystring, file }, { headers })
  }
  const call: Call = await operatorAt(values.url, values)
  return (querystring, file) =>
    call(contracts.uploadRevokedNumbers, { params: { id: uuidv7() }, querystring, file })
}

function print(list: contracts.RevokedNumberList): void {
  if (values.json) return console.log(JSON.stringify(list))
  const { listedOn, sentAgainOf, part, parts, rows, revoked, alreadyRevoked, provenSince, refused } = list
  const isSame = sentAgainOf === undefined || sentAgainOf === listedOn
  const day = isSame ? listedOn : `${listedOn} (unchanged on ${sentAgainOf})`
  console.log(
    `${day}  part ${part} of ${parts}  ${rows} rows: ${revoked} revoked, ${alreadyRevoked} before, ` +
      `${provenSince} proven since, ${refused} refused`,
  )
  for (const { line, ending, why } of list.refusedLines) console.log(`    line ${line}, ${ending}: ${why}`)
}
