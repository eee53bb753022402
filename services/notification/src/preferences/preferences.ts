// Shows and changes by which channels a person wants messages.
import { verifyStepUp } from '@bahi/contracts/auth.ts'
import type { Input } from '@bahi/contracts/call.ts'
import type { changePreferences as contract, Preferences } from '@bahi/contracts/notification.ts'
import type { Person } from '@bahi/contracts/principal.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { NotificationDeps } from '../deps.ts'
import { storeMessages } from '../messages/consume-events.ts'
import { findPreferences, savePreferences } from './store.ts'

const defaults: Preferences = { sms: true, email: true, live: true }

export async function showPreferences(
  { sql }: Pick<NotificationDeps, 'sql'>,
  userId: string,
): Promise<Preferences> {
  return (await findPreferences(sql, userId)) ?? defaults
}

/**
 * A change needs a proof, and is notified on the channels until now: whoever holds a stolen access token must not be
 * able to silence what they do next. Throws `step-up-required`, `password-wrong`, `login-locked`.
 */
export async function changePreferences(
  deps: NotificationDeps,
  { userId, sessionId }: Pick<Person, 'userId' | 'sessionId'>,
  { stepUp, ...wanted }: Input<typeof contract>['body'],
): Promise<Preferences> {
  const before = await showPreferences(deps, userId)
  const fields = (['sms', 'email', 'live'] as const).filter((channel) => before[channel] !== wanted[channel])
  if (fields.length === 0) return wanted
  if (!stepUp) throw new Problem('step-up-required')
  await deps.call(verifyStepUp, { body: { userId, sessionId, stepUp } })
  const type = 'notification.preferences-changed' as const
  const publish = await deps.transaction(async (tx) => {
    const stored = await storeMessages(deps, tx, [
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
    await savePreferences(tx, userId, wanted)
    await deps.append(tx, { type, stream: userId, data: { userId, fields } })
    return stored
  })
  await publish?.()
  return wanted
}
