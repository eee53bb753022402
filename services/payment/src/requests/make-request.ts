// Makes a payment request: who may ask whom, for how much, and how often. Its id makes it idempotent.
import { createHash } from 'node:crypto'
import type { AskingApp } from '@bahi/contracts/app-requests.ts'
import type { Input } from '@bahi/contracts/call.ts'
import { normaliseVpa, txnIdOf } from '@bahi/contracts/formats.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import {
  mayRequest,
  requestRulesAt,
  type ClosedLoopRow,
  type RequestRules,
} from '@bahi/contracts/request-rules.ts'
import type { makeRequest as contract } from '@bahi/contracts/requests.ts'
import { schedule } from '@bahi/kit/due-work/due-work.ts'
import { appendEvents } from '@bahi/kit/events/events.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { retryRaces, type Tx } from '@bahi/kit/sql/sql.ts'
import type { PspMessages } from '../network/psp-messages.ts'
import type { RrnOf } from '../payments/rrn.ts'
import type { ResolvedVpa } from '@bahi/contracts/transfers.ts'
import { dayMs } from '../limits/limits.ts'
import { lockPayers } from '../limits/store.ts'
import { checkNewId, invalidField } from '../payments/client-input.ts'
import { unreachable, type PartyResolver, type ResolvedParty } from '../payments/resolve.ts'
import { nextRrnSequence } from '../payments/store-network.ts'
import { refuseStopped } from '../stops/stops.ts'
import { areBlocked } from '../people/store.ts'
import { expiryKind } from './expire-requests.ts'
import { madeEvent, type PaymentRequest } from './request.ts'
import { sendKind } from './network-requests.ts'
import { countMade, countMadeBy, countOpenFromApps, findRequest, insertRequest } from './store.ts'

export type RequestDeps = Pick<Deps, 'sql' | 'transaction' | 'clock'> & {
  parties: PartyResolver
  closedLoop: readonly ClosedLoopRow[]
  network: PspMessages | undefined
  txnPrefix: string
  rrnOf: RrnOf
}

type Body = Input<typeof contract>['body']

/**
 * The request. Throws `not-found` for a UPI ID that is not the asker's or that nobody has, `request-not-permitted` by
 * the rules in force or when the payer takes none from the asker, `request-invalid`, `rate-limited`, `id-reused`,
 * `id-out-of-range`, `bank-unreachable`.
 */
export async function makeRequest(
  deps: RequestDeps,
  userId: string,
  anyCaseId: string,
  body: Body,
  app?: AskingApp,
): Promise<PaymentRequest> {
  const id = anyCaseId.toLowerCase()
  const hash = hashOf(body, app)
  const before = await findRequest(deps.sql, id)
  if (before) return sameOne(before, userId, hash)
  const now = deps.clock.now()
  checkNewId(id, now, 'request')

  const [payee, payer] = await Promise.all([
    deps.parties.payer(normaliseVpa(body.payeeVpa)),
    deps.parties.payee(normaliseVpa(body.payerVpa)),
  ])
  const sides = sidesOf(userId, payee, payer)
  const isNetwork = sides.payer.userId === undefined
  const rules = requestRulesAt(now, deps.closedLoop, isNetwork ? 'network' : 'on-us')
  if (isNetwork && (app || !deps.network))
    throw new Problem(
      'request-not-permitted',
      'only people who use this app can be asked: share a link instead',
    )
  checkRules(rules, body, sides.mcc)
  const minutes = body.expiresInMinutes ?? rules.expiry.default

  const request: PaymentRequest = {
    id,
    version: 1,
    status: 'pending',
    amountPaise: body.amountPaise,
    ...(body.note ? { note: body.note } : {}),
    payee: sides.payee,
    payer: sides.payer,
    createdAt: now,
    expiresAt: new Date(now.getTime() + minutes * 60_000),
    reminders: 0,
    ...(isNetwork
      ? {
          network: {
            txnId: txnIdOf(deps.txnPrefix, id),
            rrn: deps.rrnOf(now, await nextRrnSequence(deps.sql)),
          },
        }
      : {}),
    ...(app ? { app } : {}),
  }
  return retryRaces(() => deps.transaction((tx) => store(tx, { request, hash, rules, userId })))
}

/**
 * What can be said of a request without knowing who is asked. Throws `not-found` for a UPI ID that is not the asker's,
 * `request-not-permitted`, `request-invalid`, `rate-limited`.
 */
export async function checkAsking(
  deps: RequestDeps,
  userId: string,
  ask: Omit<Body, 'payerVpa'>,
): Promise<void> {
  const now = deps.clock.now()
  const payee = ownPayee(userId, await deps.parties.payer(normaliseVpa(ask.payeeVpa)))
  const rules = requestRulesAt(now, deps.closedLoop)
  checkRules(rules, ask, payee.mcc ?? '0000')
  const made = await countMadeBy(deps.sql, userId, new Date(now.getTime() - dayMs))
  checkMade(rules, made)
}

async function store(
  tx: Tx,
  {
    request,
    hash,
    rules,
    userId,
  }: { request: PaymentRequest; hash: string; rules: RequestRules; userId: string },
): Promise<PaymentRequest> {
  // The asker's lock: no two of their requests are counted at once; for those of apps that of who is asked as well.
  const { payer, payee, createdAt, expiresAt, app } = request
  await lockPayers(tx, app ? [userId, payer.userId!] : [userId])
  const before = await findRequest(tx, request.id)
  if (before) return sameOne(before, userId, hash)
  const sides = { acrossBanks: request.network !== undefined, vpas: [payer.vpa, payee.vpa] }
  await refuseStopped(tx, { kind: 'requests', ...sides })
  const [isBlocked] = await areBlocked(tx, [{ of: payer, by: payee }])
  if (isBlocked) throw new Problem('request-not-permitted', 'this person takes no requests from you')
  const { made, open } = await countMade(tx, payee, payer, new Date(createdAt.getTime() - dayMs))
  if (open >= rules.maxOpenPerPayer)
    throw new Problem('rate-limited', `${open} of your requests to this person are open: wait for an answer`)
  checkMade(rules, made)
  if (app && (await countOpenFromApps(tx, payer.userId!)) >= rules.maxOpenFromApps)
    throw new Problem('rate-limited', 'this person has many requests of apps to answer')
  await insertRequest(tx, request, hash)
  await appendEvents(tx, createdAt, [madeEvent(request)])
  const work = request.network ? { kind: sendKind, dueAt: createdAt } : { kind: expiryKind, dueAt: expiresAt }
  await schedule(tx, [{ ...work, key: request.id }])
  return request
}

function checkMade({ persons }: RequestRules, made: number): void {
  if (persons && made >= persons.perDay)
    throw new Problem('rate-limited', `${persons.perDay} requests can be made in a day`)
}

function sameOne(
  { request, inputHash }: { request: PaymentRequest; inputHash: string },
  userId: string,
  hash: string,
): PaymentRequest {
  if (request.payee.userId !== userId || inputHash !== hash) throw new Problem('id-reused')
  return request
}

/** Both sides as a request stores them, and the category of the asker. */
function sidesOf(userId: string, payee: ResolvedParty, payer: ResolvedParty) {
  const { vpa, name, bank, maskedNumber, accountId, mcc } = ownPayee(userId, payee)
  if (payer === unreachable)
    throw new Problem('bank-unreachable', 'the network does not say who has this UPI ID', { retryAfterS: 30 })
  if (payer === undefined) throw new Problem('not-found', 'nobody has this UPI ID')
  if (payer.userId === userId) throw invalidField('/body/payerVpa', 'is your own')
  const masked = maskedNumber === undefined ? {} : { maskedNumber }
  return {
    payee: {
      ...{ userId, vpa: normaliseVpa(vpa), name, bank, ...masked },
      ...(accountId === undefined ? {} : { accountId }),
    },
    payer: {
      ...(payer.userId === undefined ? {} : { userId: payer.userId }),
      ...{ vpa: normaliseVpa(payer.vpa), name: payer.name },
    },
    mcc: mcc ?? '0000',
  }
}

function ownPayee(userId: string, payee: ResolvedParty): ResolvedVpa {
  if (payee === unreachable || payee?.userId !== userId)
    throw new Problem('not-found', 'that is no UPI ID of yours')
  return payee
}

function checkRules(
  rules: RequestRules,
  { amountPaise, expiresInMinutes }: Omit<Body, 'payerVpa'>,
  mcc: string,
): void {
  if (!mayRequest(rules, mcc))
    throw new Problem(
      'request-not-permitted',
      'the network no longer permits this: share a QR code or link instead',
    )
  const maxPaise = mcc === '0000' ? rules.persons!.maxPaise : rules.merchantMaxPaise
  if (amountPaise > maxPaise)
    throw invalidField('/body/amountPaise', `one request can ask for ${maxPaise} paise at most`)
  const { min, max } = rules.expiry
  if (expiresInMinutes !== undefined && (expiresInMinutes < min || expiresInMinutes > max))
    throw invalidField('/body/expiresInMinutes', `must be ${min} to ${max}`)
}

function hashOf(
  { payeeVpa, payerVpa, amountPaise, note, expiresInMinutes }: Body,
  app: AskingApp | undefined,
): string {
  const content = [
    normaliseVpa(payeeVpa),
    normaliseVpa(payerVpa),
    amountPaise,
    note || null,
    expiresInMinutes ?? null,
    ...(app ? [app.clientId, app.reference ?? null] : []),
  ]
  return createHash('sha256').update(JSON.stringify(content)).digest('hex')
}
