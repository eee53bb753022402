// What a start prints when all is ready: the address, and the people to play with.
import { formatRupees } from '@bahi/contracts/formats.ts'
import { defaultUrl } from '@bahi/platform/arguments.ts'
import { demoPeople, demoStaff } from '@bahi/platform/seed.ts'

export function printStartMessage(about: {
  url: string
  seconds: number
  folder: string
  how: string
  database: string
  /** Whether the web app is served. */
  web: boolean
  /** Of the operators' console, where it is served. */
  consoleUrl?: string
}): void {
  const row = (...cells: string[]) =>
    `  ${cells.map((cell, i) => cell.padEnd([18, 16, 14, 8, 14][i] ?? 0)).join('')}`
  const isUsual = about.url === defaultUrl
  const staff = about.consoleUrl ? `  console for staff   ${about.consoleUrl}\n` : ''
  console.log(`
bahi is ready after ${about.seconds.toFixed(1)} s (${about.how}): ${about.url}

${row('', 'phone', 'UPI ID', 'PIN', 'opened with')}
${demoPeople.map((p) => row(p.name, p.phone, p.vpa, p.pin, formatRupees(p.balancePaise))).join('\n')}
${demoStaff.map((p) => row(p.name, p.phone, '', '', p.roles.join(', '))).join('\n')}

  password of all     ${demoPeople[0].password}
  second factor       ${demoStaff[0].totpSecret} of all staff, in an authenticator app, or: npm run totp
${about.web ? `  web app             ${about.url}\n` : ''}${staff}  API playground      ${about.url}/docs
  SMS and mail        ${about.url}/sandbox/inbox
  other banks, faults ${about.url}/sandbox/network
  a payment, shown    npm run demo${isUsual ? '' : ` -- --url ${about.url}`}
  database            ${about.database}
  data                ${about.folder}

Ctrl-C ends it. This is a sandbox: no real money, no real bank.`)
}
