// Says what a payment would meet before it is made: the same rules that assess it, without the PIN and without a trace.
import type { Input, Output } from '@bahi/contracts/call.ts'
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import { isUuid } from '@bahi/contracts/id.ts'
import { defaultInitiation } from '@bahi/contracts/initiation.ts'
import type { quote as contract } from '@bahi/contracts/payment.ts'
import { reasonText, stoppedReason } from '@bahi/contracts/reasons.ts'
import { upiCodeText } from '@bahi/contracts/upi-codes.ts'
import type { Person } from '@bahi/kit/http/http.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { applicableTo, rulesInForce, subjectOf, type OwnLimits } from '../limits/in-force.ts'
import { boundsOf, mostPayable, type Bound } from '../limits/limits.ts'
import { readPayerUsage } from '../limits/store.ts'
import { tiersOf } from '../limits/store-tiers.ts'
import { attemptOf, isPresentedElsewhere } from '../mandates/mandate.ts'
import { findMandate } from '../mandates/store.ts'
import { findDebits } from '../mandates/store-debits.ts'
import { areBlocked } from '../people/store.ts'
import { findRequest } from '../requests/store.ts'
import { assess } from '../risk/assess.ts'
import { riskByRules } from '../risk/risk.ts'
import { stopKindOf, stopOf } from '../stops/stops.ts'
import { stopsInForce } from '../stops/store.ts'
import type { TakeName } from './name-quota.ts'
import { resolveBoth } from './prepare.ts'
import type { PartyResolver } from './resolve.ts'
import type { Routes } from './routes/route.ts'

/** "The payment was not made": UPI has no code for a stop. */
const stoppedCode = 'XB'

type Asked = Input<typeof contract>['body']
type Quote = Output<typeof contract>
type Asking = Pick<Person, 'userId' | 'deviceId'>
type QuoteDeps = Pick<Deps, 'sql' | 'clock'> & { parties: PartyResolver; routes: Routes; takeName: TakeName }

/**
 * The function throws `not-found` for a payer's UPI ID that is not this person's, `bank-unreachable`, and
 * `rate-limited`: a quote names who is paid, and names are what harvesters of UPI IDs are after.
 */
export function createQuote(
  deps: QuoteDeps,
  limits: OwnLimits,
): (asking: Asking, asked: Asked) => Promise<Quote> {
  return async ({ userId, deviceId }, asked) => {
    const now = deps.clock.now()
    const rules = rulesInForce(now, limits)
    await deps.takeName(userId)
    const [payerVpa, payeeVpa] = [normaliseVpa(asked.payerVpa), normaliseVpa(asked.payeeVpa)]
    const sides = { userId, deviceId, payerVpa, payeeVpa }
    const { payer, payee, route, refusalCode, coolingCauses } = await resolveBoth(deps, sides)
    const initiation = { ...defaultInitiation, ...asked.initiation }
    const { amountPaise, note } = asked
    const [tier] = limits.byTier ? await tiersOf(deps.sql, [userId], now) : []
    const subject = subjectOf(rules, {
      ...{ payer: { userId, bank: payer.bank }, payeeVpa, merchant: payee },
      ...{ initiation, amountPaise, coolingCauses, tier },
    })
    const [[row], requestNote, txnId, [isBlocked], stops] = await Promise.all([
      readPayerUsage(deps.sql, [subject], rules),
      noteOfRequest(deps, userId, initiation.origin),
      txnIdOfDebit(deps, userId, initiation.origin),
      areBlocked(deps.sql, [{ of: { userId }, by: { userId: payee?.userId, vpa: payeeVpa } }]),
      stopsInForce(deps.sql),
    ])
    const { usage, controls } = row!
    const stop = stopOf(stops, {
      kind: stopKindOf(initiation.origin.kind),
      acrossBanks: route !== 'ledger',
      vpas: [payerVpa, payeeVpa],
    })
    const applicable = applicableTo(rules, subject, controls)
    const { refusals: byRules, assessment } = assess({
      ...{ amountPaise: amountPaise ?? 1, refusalCode, usage, limits: applicable },
      risk: riskByRules(rules.risk),
      about: { origin: initiation.origin.kind, texts: [note, payee?.name, requestNote] },
    })
    const refusals = stop ? [{ reason: stoppedReason, code: stoppedCode }, ...byRules] : byRules
    const most = stop
      ? { maxPaise: 0, code: stoppedCode, limit: stoppedReason }
      : refusalCode === undefined
        ? mostPayable(usage, applicable)
        : { maxPaise: 0, code: refusalCode, limit: undefined }
    return {
      ...(payee
        ? {
            payee: {
              ...{ vpa: payeeVpa, name: payee.name, bank: payee.bank },
              kind: applicable.payee.isPerson ? 'person' : 'merchant',
            },
          }
        : {}),
      route: route as Quote['route'],
      ...{ maxPaise: most.maxPaise, code: most.code },
      message:
        most.limit === undefined ? upiCodeText(most.code, 'en') : reasonText(most.limit, most.code, 'en'),
      limits: boundsOf(usage, applicable).map(viewOf),
      decision: stop ? 'refuse' : assessment.decision,
      refusals: refusals.map(({ reason, code }) => ({
        reason,
        code,
        message: reasonText(reason, code, 'en'),
      })),
      warnings: [...(isBlocked ? ['person:blocked-payee'] : []), ...(assessment.warnings ?? [])].map(
        (reason) => ({
          reason,
          message: reasonText(reason, undefined, 'en'),
        }),
      ),
      ...(txnId === undefined ? {} : { txnId }),
    }
  }
}

/** Of a request to this person; a payment of anything else is refused as it begins. */
async function noteOfRequest(
  deps: Pick<Deps, 'sql'>,
  userId: string,
  { kind, id }: { kind: string; id?: string },
): Promise<string | undefined> {
  if (kind !== 'request' || id === undefined || !isUuid(id.toLowerCase())) return undefined
  const found = await findRequest(deps.sql, id)
  return found?.request.payer.userId === userId ? found.request.note : undefined
}

/** Of a debit of this person's mandate that the app of a payee elsewhere asks for now. */
async function txnIdOfDebit(
  { sql }: Pick<Deps, 'sql'>,
  userId: string,
  { kind, id = '' }: { kind: string; id?: string },
): Promise<string | undefined> {
  if (kind !== 'mandate' || !isUuid(id.toLowerCase())) return undefined
  const debit = (await findDebits(sql, [id])).get(id.toLowerCase())
  const mandate = debit && (await findMandate(sql, debit.mandateId))?.mandate
  return mandate?.payer.userId === userId && isPresentedElsewhere(mandate)
    ? attemptOf(debit!)?.txnId
    : undefined
}

function viewOf({ limit, maxPaise, ofPaise, ofCount, leftCount }: Bound): Quote['limits'][number] {
  return {
    limit,
    ...(ofPaise === undefined ? {} : { ofPaise, leftPaise: Math.max(0, maxPaise) }),
    ...(ofCount === undefined || leftCount === undefined ? {} : { ofCount, leftCount }),
  }
}
