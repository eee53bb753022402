// Shows what a payment may be before it is made: the same rules that assess it, without the PIN and without a trace.
import type { Input, Output } from '@bahi/contracts/call.ts'
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import { limitCategoryOf, limitRulesAt } from '@bahi/contracts/limits.ts'
import type { paymentLimit as contract } from '@bahi/contracts/payment.ts'
import { payRules, rulesAt } from '@bahi/contracts/rules.ts'
import { upiCodeText } from '@bahi/contracts/upi-codes.ts'
import type { Person } from '@bahi/kit/http/http.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { coolingAt, dayMs, mostPayable, windowStart } from '../limits/limits.ts'
import { readPayerUsage } from '../limits/store.ts'
import { resolveBoth } from './prepare.ts'
import type { PartyResolver } from './resolve.ts'
import type { Routes } from './routes/route.ts'

type Query = Input<typeof contract>['querystring']

/** Throws `not-found` for a payer's UPI ID that is not this person's, and `bank-unreachable`. */
export async function showLimit(
  deps: Pick<Deps, 'sql' | 'clock'> & { parties: PartyResolver; routes: Routes },
  { userId, deviceId }: Pick<Person, 'userId' | 'deviceId'>,
  query: Query,
): Promise<Output<typeof contract>> {
  const payerVpa = normaliseVpa(query.payerVpa)
  const payeeVpa = normaliseVpa(query.payeeVpa)
  const { payee, refusalCode, coolingCauses } = await resolveBoth(deps, {
    ...{ userId, deviceId, payerVpa, payeeVpa },
  })
  if (refusalCode !== undefined) return answer(0, refusalCode)
  const now = deps.clock.now()
  const pay = rulesAt(payRules, now)
  const rules = limitRulesAt(now)
  const category = limitCategoryOf(rules, payee?.mcc)
  const cooling = coolingAt(now, pay, coolingCauses)
  const [row] = await readPayerUsage(
    deps.sql,
    [
      {
        payerUserId: userId,
        category,
        ...(cooling ? { coolingFrom: cooling.from, coolingLast: cooling.last } : {}),
      },
    ],
    {
      now,
      day: new Date(now.getTime() - dayMs),
      since: windowStart(now, pay),
      idSlackMs: pay.idMaxAgeHours * 3_600_000,
    },
  )
  const { usage, personal } = row!
  const { maxPaise, code } = mostPayable(usage, { rules, category, personal, cooling: cooling && pay })
  return answer(maxPaise, code)
}

const answer = (maxPaise: number, code: string) => ({ maxPaise, code, message: upiCodeText(code, 'en') })
