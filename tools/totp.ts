// `npm run totp`: the code that an authenticator app shows now, for the demo staff of a sandbox.
import { parseArguments } from '@bahi/platform/arguments.ts'
import { demoTotpSecret, totpCode } from '@bahi/platform/totp.ts'

const help = `npm run totp [-- --secret <base32>]

Prints the code by which the demo staff of a sandbox proves its second factor, and the one after it. Each works once.

  --secret <base32>  of an authenticator app that was enrolled in development (default: that of the demo staff)
  --help             this text`

const { values } = parseArguments(help, { secret: { type: 'string', default: demoTotpSecret } })
const nowMs = Date.now()
const leftS = 30 - Math.floor((nowMs / 1_000) % 30)
console.log(`${totpCode(values.secret, nowMs)}  for ${leftS} s`)
console.log(`${totpCode(values.secret, nowMs + 30_000)}  after it`)
