// Sends due deliveries: leases some, looks up their addresses, gives them to carriers and stores the outcomes.
import { personOf } from '@bahi/contracts/auth.ts'
import { maskPhone } from '@bahi/contracts/formats.ts'
import { maskEmail } from '@bahi/contracts/personal-data.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { profilesOf, type KnownProfile } from '@bahi/contracts/user.ts'
import { leaseUntil } from '@bahi/kit/due-work/lease.ts'
import type { NewEvent } from '@bahi/kit/events/events.ts'
import { inSpanOfMany } from '@bahi/kit/tracing/spans.ts'
import { errorCode, isPermanent, type Channel } from '../carriers/carrier.ts'
import type { NotificationDeps } from '../deps.ts'
import { sendPush } from '../push/send-push.ts'
import { render } from '../messages/templates.ts'
import { openValues } from '../sealed-columns.ts'
import {
  deleteDeliveries,
  leaseDeliveries,
  saveAttempts,
  type AttemptResult,
  type LeasedDelivery,
} from './store.ts'

const maxLeased = 50
/** Longer than the address lookups and one attempt can take together. */
const leaseMs = 60_000
const attemptTimeoutMs = 20_000
export const maxTries = 5
/** The wait after attempt n is the nth. */
export const backoffMs = [2_000, 15_000, 60_000, 300_000]

/** One round; true when there may be more. */
export async function sendDueDeliveries(deps: NotificationDeps): Promise<boolean> {
  const channels: Channel[] = (['sms', 'email'] as const).filter((channel) => deps.carriers[channel])
  if (deps.push) channels.push('push')
  const at = deps.clock.now()
  const leased = await leaseDeliveries(deps.sql, {
    channels,
    at,
    until: leaseUntil(at, leaseMs),
    limit: maxLeased,
  })
  if (leased.length === 0) return false
  const profiles = await findProfiles(deps, leased)
  const outcomes = await Promise.all(leased.map((delivery) => attemptInTrace(deps, delivery, profiles)))
  await saveOutcomes(deps, leased, outcomes)
  return leased.length === maxLeased
}

type Profiles = Map<string, KnownProfile> | Problem
/** `no-address`: the person has no address for the channel. */
type Outcome = AttemptResult | 'no-address'

/** One call for all. Returns the problem when the user service is unavailable: SMS can be sent without a profile. */
async function findProfiles(deps: NotificationDeps, leased: LeasedDelivery[]): Promise<Profiles> {
  try {
    const userIds = [...new Set(leased.map((delivery) => delivery.userId))]
    const { profiles } = await deps.call(profilesOf, { body: { userIds } })
    return new Map(profiles.map((profile) => [profile.userId, profile]))
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
}

/** As a part of the trace that it belongs to, where that is kept. */
function attemptInTrace(
  deps: NotificationDeps,
  delivery: LeasedDelivery,
  profiles: Profiles,
): Promise<Outcome> {
  const { traceparent, channel, template } = delivery
  const attempt = () => attemptDelivery(deps, delivery, profiles)
  if (!traceparent) return attempt()
  const about = { service: 'notification', kind: 'client', name: `send ${channel}` } as const
  return inSpanOfMany([traceparent], { ...about, attributes: { 'bahi.template': template } }, attempt)
}

async function attemptDelivery(
  deps: NotificationDeps,
  delivery: LeasedDelivery,
  profiles: Profiles,
): Promise<Outcome> {
  const { id, userId, channel, template, tries, subject } = delivery
  const profile = profiles instanceof Problem ? undefined : profiles.get(userId)
  const language = profile?.language ?? delivery.language
  const sent = (to: string | null): Outcome => ({
    ...{ id, tries, status: 'sent', maskedTo: to, error: null, nextAt: deps.clock.now() },
  })
  try {
    if (channel === 'push')
      return (await sendPush(deps, { id, userId, template, language, subject })) ? sent(null) : 'no-address'
    if (channel === 'email' && profiles instanceof Problem) throw profiles
    const to = channel === 'email' ? profile?.email : profile ? profile.phone : await phoneOf(deps, userId)
    if (to === undefined) return 'no-address'
    const text = render(template, language, openValues(deps.seal, id, delivery.valuesSealed))
    await withTimeout(deps, deps.carriers[channel]!({ id, to, template, language, ...text }))
    return sent(maskAddress(channel, to))
  } catch (error) {
    const status = isPermanent(error) || tries >= maxTries ? 'failed' : 'waiting'
    const nextAt = new Date(deps.clock.now().getTime() + (backoffMs[tries - 1] ?? 0))
    const code = errorCode(error)
    deps.log.warn({ delivery: id, channel, tries, error: code, status }, 'delivery attempt failed')
    return { id, tries, status, maskedTo: null, error: code, nextAt }
  }
}

/** None when it may be somebody else's: they would read what is sent. */
async function phoneOf(deps: NotificationDeps, userId: string): Promise<string | undefined> {
  const { phone, phoneRevoked } = await deps.call(personOf, { params: { userId } })
  return phoneRevoked ? undefined : phone
}

/** Rejects with `timeout` when the carrier takes too long; the carrier may have accepted the message all the same. */
async function withTimeout({ clock }: NotificationDeps, sending: Promise<void>): Promise<void> {
  const done = new AbortController()
  const timedOut = clock.sleep(attemptTimeoutMs, done.signal).then(() => {
    if (!done.signal.aborted) throw new Problem('timeout')
  })
  try {
    await Promise.race([sending, timedOut])
  } finally {
    done.abort()
  }
}

/** `+91••••••3210`, `a•••@example.org` */
export function maskAddress(channel: Channel, to: string): string {
  return channel === 'sms' ? maskPhone(to) : maskEmail(to)
}

async function saveOutcomes(
  deps: NotificationDeps,
  leased: LeasedDelivery[],
  outcomes: Outcome[],
): Promise<void> {
  const results = outcomes.filter((outcome) => outcome !== 'no-address')
  const withoutAddress = leased.filter((_, i) => outcomes[i] === 'no-address').map(({ id }) => id)
  const saved = await deps.transaction(async (tx) => {
    if (withoutAddress.length > 0) await deleteDeliveries(tx, withoutAddress)
    const ids = results.length > 0 ? await saveAttempts(tx, results) : new Set<string>()
    const events = leased.flatMap((delivery, i) => {
      const outcome = outcomes[i]
      return outcome && outcome !== 'no-address' && ids.has(delivery.id)
        ? outcomeEvents(delivery, outcome)
        : []
    })
    await deps.append(tx, ...events)
    return ids
  })
  leased.forEach(({ id, channel, at }, i) => {
    const outcome = outcomes[i]
    if (outcome === 'no-address') deps.countAttempt(channel, 'dropped')
    else if (outcome && saved.has(id)) {
      deps.countAttempt(channel, outcome.status === 'waiting' ? 'retried' : outcome.status)
      if (outcome.status === 'sent') deps.observeDelay(channel, deps.clock.now().getTime() - at.getTime())
    }
  })
}

function outcomeEvents(
  { id, channel, subject }: LeasedDelivery,
  { status, error }: AttemptResult,
): NewEvent[] {
  const data = { deliveryId: id, channel, subject }
  if (status === 'sent') return [{ type: 'notification.delivered', stream: id, data }]
  if (status === 'failed')
    return [{ type: 'notification.undelivered', stream: id, data: { ...data, error: error ?? '' } }]
  return []
}
