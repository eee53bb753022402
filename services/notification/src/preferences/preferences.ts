// Shows and changes by which channels a person wants messages, and of which kinds.
import type { Input } from '@bahi/contracts/call.ts'
import type { changePreferences as contract, Preferences } from '@bahi/contracts/notification.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { RequireStepUp } from '@bahi/kit/http/http.ts'
import type { NotificationDeps } from '../deps.ts'
import { storeMessages } from '../messages/consume-events.ts'
import { changedKinds, effective, notMutable } from './muting.ts'
import { findPreferences, savePreferences } from './store.ts'

const defaults: Preferences = { sms: true, email: true, live: true, muted: {} }

export async function showPreferences(
  { sql, clock }: Pick<NotificationDeps, 'sql' | 'clock'>,
  userId: string,
): Promise<Preferences> {
  const found = await findPreferences(sql, userId)
  return found ? { ...found, muted: effective(found.muted, clock.now()) } : defaults
}

/**
 * A change needs a proof, and is notified on the channels until now: whoever holds a stolen access token must not be
 * able to silence what they do next. Throws `request-invalid` for what cannot be switched off, and the problems of the
 * proof.
 */
export async function changePreferences(
  deps: NotificationDeps,
  userId: string,
  { muted, ...channels }: Omit<Input<typeof contract>['body'], 'stepUp'>,
  requireStepUp: RequireStepUp,
): Promise<Preferences> {
  const at = deps.clock.now()
  const before = await showPreferences(deps, userId)
  const refused = notMutable(muted ?? {}, at).map((kind) => ({
    ...{ path: `/body/muted/${kind}`, message: 'has a channel that cannot be switched off' },
  }))
  if (refused.length > 0)
    throw new Problem('request-invalid', 'these messages cannot be switched off', { fields: refused })
  const wanted = { ...channels, muted: muted ? effective(muted, at) : before.muted }
  const fields = [
    ...(['sms', 'email', 'live'] as const).filter((channel) => before[channel] !== wanted[channel]),
    ...changedKinds(before.muted, wanted.muted),
  ]
  if (fields.length === 0) return wanted
  await requireStepUp()
  const type = 'notification.preferences-changed' as const
  const { saved, publish } = await deps.transaction(async (tx) => {
    const publish = await storeMessages(deps, tx, [
      {
        userId,
        type,
        subject: userId,
        template: type,
        values: {},
        data: { fields },
        sms: 'always',
        email: 'wanted',
      },
    ])
    const saved = await savePreferences(tx, userId, { ...channels, ...(muted && { muted: wanted.muted }) })
    await deps.append(tx, { type, stream: userId, data: { userId, fields } })
    return { saved, publish }
  })
  await publish?.()
  return { ...saved, muted: effective(saved.muted, at) }
}
