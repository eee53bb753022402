// Compares the web app as people receive it with its build, such as every week (PCI DSS 4.0.1, 11.6.1).
import { join, resolve } from 'node:path'
import { appPolicy, consolePolicy } from '@bahi/gateway/web-files/response-headers.ts'
import { exitWith, parseArguments } from '@bahi/platform/arguments.ts'
import { pageFaults } from './pages/page-faults.ts'

const help = `npm run verify:pages -- --url <url>

Fetches every file of the web app from where people get it, and compares it with the build of that version; and the
headers of its page that keep out scripts of others and frames. Run it from outside your network, at least every week.
Ends with 0 when all is the same, with 1 when something is another, with 2 when it could not be compared.

  --url <url>       where the app is, such as https://pay.example
  --build <folder>  its build (default web/pay/dist, or web/console/dist for --console)
  --console         the console instead of the app
  --help            this text`

const { values } = parseArguments(help, {
  url: { type: 'string' },
  build: { type: 'string' },
  console: { type: 'boolean', default: false },
})
const url = values.url ?? exitWith(help)
if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) exitWith(`--url ${url}: no address`)
const own = join(import.meta.dirname, '..', values.console ? 'web/console' : 'web/pay', 'dist')

try {
  const policy = values.console ? consolePolicy : appPolicy
  const { files, faults } = await pageFaults(url, resolve(values.build ?? own), policy)
  for (const fault of faults) console.error(fault)
  console.log(faults.length === 0 ? `the same: ${files} files` : `NOT the same: ${faults.length} fault(s)`)
  process.exitCode = faults.length === 0 ? 0 : 1
} catch (error) {
  const { message, cause } = error as Error
  exitWith(`not compared: ${cause instanceof Error ? cause.message : message}`)
}
