// Sends what waits: takes a few deliveries, asks for addresses, hands over to carriers, keeps the outcomes.
import { personOf } from '@bahi/contracts/auth.ts'
import { maskPhone } from '@bahi/contracts/formats.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { profilesOf, type Profile } from '@bahi/contracts/user.ts'
import type { NewEvent } from '@bahi/kit/events/events.ts'
import { errorWord, isFinal } from '../carriers/carriers.ts'
import type { Channel, NotificationDeps } from '../notification.ts'
import { deleteDeliveries, endDeliveries, leaseDeliveries, type Ended, type Leased } from './store.ts'
import { render } from '../messages/templates.ts'

const maxLeased = 50
/** Longer than the addresses and one try can take together. */
const leaseMs = 60_000
const tryTimeoutMs = 20_000
export const maxTries = 5
/** The wait after try n is the nth. */
export const backoffMs = [2_000, 15_000, 60_000, 300_000]

/** One round; true when there may be more. */
export async function sendWaiting(deps: NotificationDeps): Promise<boolean> {
  const channels = (['sms', 'email'] as const).filter((channel) => deps.carriers[channel])
  const at = deps.clock.now()
  const until = new Date(at.getTime() + leaseMs)
  const leased = await leaseDeliveries(deps.sql, { channels, at, until, limit: maxLeased })
  if (leased.length === 0) return false
  const profiles = await findProfiles(deps, leased)
  const outcomes = await Promise.all(leased.map((delivery) => tryOne(deps, delivery, profiles)))
  await keepOutcomes(deps, leased, outcomes)
  return leased.length === maxLeased
}

type Profiles = Map<string, Profile> | Problem
/** `nowhere`: the person has no such address. */
type Outcome = Ended | 'nowhere'

/** One call for all; that user cannot be reached is kept, since an SMS can do without. */
async function findProfiles(deps: NotificationDeps, leased: Leased[]): Promise<Profiles> {
  try {
    const userIds = [...new Set(leased.map((delivery) => delivery.userId))]
    const { profiles } = await deps.call(profilesOf, { body: { userIds } })
    return new Map(profiles.map((profile) => [profile.userId, profile]))
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
}

async function tryOne(deps: NotificationDeps, delivery: Leased, profiles: Profiles): Promise<Outcome> {
  const { id, userId, channel, template, tries } = delivery
  const profile = profiles instanceof Problem ? undefined : profiles.get(userId)
  try {
    if (channel === 'email' && profiles instanceof Problem) throw profiles
    const to = channel === 'email' ? profile?.email : (profile?.phone ?? (await phoneOf(deps, userId)))
    if (to === undefined) return 'nowhere'
    const text = render(template, profile?.language ?? delivery.language, delivery.data)
    await withinTime(deps, deps.carriers[channel]!({ id, to, ...text }))
    return { id, tries, status: 'sent', maskedTo: masked(channel, to), error: null, nextAt: deps.clock.now() }
  } catch (error) {
    const status = isFinal(error) || tries >= maxTries ? 'failed' : 'waiting'
    const nextAt = new Date(deps.clock.now().getTime() + (backoffMs[tries - 1] ?? 0))
    const word = errorWord(error)
    deps.log.warn({ delivery: id, channel, tries, error: word, status }, 'a delivery failed')
    return { id, tries, status, maskedTo: null, error: word, nextAt }
  }
}

async function phoneOf(deps: NotificationDeps, userId: string): Promise<string> {
  return (await deps.call(personOf, { params: { userId } })).phone
}

/** Rejects with `timeout` when the carrier takes too long; it may have taken the parcel all the same. */
async function withinTime({ clock }: NotificationDeps, sending: Promise<void>): Promise<void> {
  const done = new AbortController()
  const late = clock.sleep(tryTimeoutMs, done.signal).then(() => {
    if (!done.signal.aborted) throw new Problem('timeout')
  })
  try {
    await Promise.race([sending, late])
  } finally {
    done.abort()
  }
}

/** `+91••••••3210`, `a•••@example.org` */
export function masked(channel: Channel, to: string): string {
  return channel === 'sms' ? maskPhone(to) : `${to.slice(0, 1)}•••${to.slice(to.lastIndexOf('@'))}`
}

async function keepOutcomes(deps: NotificationDeps, leased: Leased[], outcomes: Outcome[]): Promise<void> {
  const ended = outcomes.filter((outcome) => outcome !== 'nowhere')
  const nowhere = leased.filter((_, i) => outcomes[i] === 'nowhere')
  const changed = await deps.transaction(async (tx) => {
    if (nowhere.length > 0)
      await deleteDeliveries(
        tx,
        nowhere.map((delivery) => delivery.id),
      )
    const ids = ended.length > 0 ? await endDeliveries(tx, ended) : new Set<string>()
    const events = leased.flatMap((delivery, i) => {
      const outcome = outcomes[i]
      return outcome && outcome !== 'nowhere' && ids.has(delivery.id) ? endEvent(delivery, outcome) : []
    })
    await deps.append(tx, ...events)
    return ids
  })
  leased.forEach(({ id, channel }, i) => {
    const outcome = outcomes[i]
    if (outcome === 'nowhere') deps.counts(channel, 'dropped')
    else if (outcome && changed.has(id))
      deps.counts(channel, outcome.status === 'waiting' ? 'retried' : outcome.status)
  })
}

function endEvent({ id, channel, subject }: Leased, { status, error }: Ended): NewEvent[] {
  const data = { deliveryId: id, channel, subject }
  if (status === 'sent') return [{ type: 'notification.delivered', stream: id, data }]
  if (status === 'failed')
    return [{ type: 'notification.undelivered', stream: id, data: { ...data, error: error ?? '' } }]
  return []
}
