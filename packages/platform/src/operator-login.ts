// How an operator's command signs in: as the demo operator of a sandbox, or by phone, password and second factor, and
// on a new terminal by a one-time code.
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import type { parseArgs } from 'node:util'
import * as auth from '@bahi/contracts/auth.ts'
import type { Call } from '@bahi/contracts/call.ts'
import type { Problem } from '@bahi/contracts/problem.ts'
import { proveSecondFactor } from '@bahi/contracts/second-factor.ts'
import { secretOf } from '@bahi/kit/runtime/config.ts'
import { defaultUrl, exitWith } from './arguments.ts'
import { apiAt } from './api-client.ts'
import { deviceKey } from './device-key.ts'
import { demoStaff } from './seed.ts'
import { proveTotp } from './totp.ts'

export const operatorOptions = {
  url: { type: 'string', default: defaultUrl },
  phone: { type: 'string' },
  password: { type: 'string' },
  otp: { type: 'string' },
  totp: { type: 'string' },
} as const satisfies NonNullable<Parameters<typeof parseArgs>[0]>['options']

export const operatorHelp = `  --url <base>       the platform (default ${operatorOptions.url.default})
  --phone <number>   the operator's (default: the demo operator of a sandbox)
  --password <text>  better in BAHI_OPERATOR_PASSWORD, which no process list shows
  --otp <code>       the one-time code, needed once on a new terminal, whose key is in
                    BAHI_OPERATOR_KEY_FILE, else ~/.bahi/terminal-key
  --totp <code>      the code that the operator's authenticator app shows now; each works once`

type Given = Partial<Record<'phone' | 'password' | 'otp' | 'totp', string | undefined>>

/** Signs in and returns the operator's calls. Exits when something is missing; throws `Problem` when refused. */
export async function operatorAt(url: string, given: Given): Promise<Call> {
  const [demo] = demoStaff
  const phone = given.phone ?? demo.phone
  const password =
    given.password ?? secretOf('BAHI_OPERATOR_PASSWORD', process.env) ?? (given.phone ? '' : demo.password)
  if (!password) exitWith('the password of the operator? BAHI_OPERATOR_PASSWORD')
  // The demo operator's own device, or one that needs a one-time code once.
  const device = { id: given.phone ? 'operators-terminal' : 'device-0008', name: 'Terminal of an operator' }
  const key = deviceKey(given.phone ? await secretOfTerminal() : `${phone} ${device.id}`)
  const asPublic = apiAt(url, undefined, fetch, key)
  const body = { phone, password, device, ...(given.otp ? { otp: given.otp } : {}) }
  const tokens = await asPublic(auth.login, { body }).catch(async (error: unknown) => {
    if ((error as { code?: string }).code !== 'otp-required' || given.otp) throw error
    await asPublic(auth.requestOtp, { body: { phone, purpose: 'sign-in' } })
    return exitWith(`this terminal is new: a one-time code was sent to ${phone}, give it with --otp`, 1)
  })
  const call = apiAt(url, () => tokens.accessToken, fetch, key)
  if (given.totp) await call(proveSecondFactor, { body: { code: given.totp } })
  else if (given.phone) exitWith('the code that your authenticator app shows now? --totp', 1)
  else await proveTotp(call, demo.totpSecret)
  return call
}

/** What the key of this terminal follows from: made once, readable by its user alone. */
async function secretOfTerminal(): Promise<string> {
  const file = process.env['BAHI_OPERATOR_KEY_FILE'] ?? join(homedir(), '.bahi', 'terminal-key')
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  await writeFile(file, randomBytes(32).toString('hex'), { mode: 0o600, flag: 'wx' }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    },
  )
  return readFile(file, 'utf8')
}

export function refusalOf(problem: Problem): string {
  if (problem.code === 'not-allowed') return 'not-allowed: this person has no role that allows it'
  return `${problem.code}: ${problem.message}`
}
