// Messages about the second factor of staff: what changes it is told, by channels that nobody switches off.
import type { CloudEvent } from '@bahi/kit/bus/bus.ts'
import { expect, it } from 'vitest'
import { kindOf } from '../preferences/muting.ts'
import { messageContents } from './message-content.ts'

const userId = 'person'

it.each([
  ['second-factor-enrolled', { method: 'totp' }, 'auth.factor-enrolled'],
  ['second-factor-locked', { until: '2026-12-23T10:00:00.000Z' }, 'auth.factor-locked'],
  ['recovery-code-used', { codesLeft: 9 }, 'auth.recovery-code-used'],
  ['recovery-codes-renewed', {}, 'auth.recovery-codes-renewed'],
  ['second-factor-reset', { resetId: 'r1', actorId: 'other' }, 'auth.factor-reset'],
  ['second-factor-proven', { method: 'totp', sessionId: 's1' }, undefined],
  ['second-factor-failed', { method: 'totp', sessionId: 's1' }, undefined],
])('%s', (type, data, template) => {
  const event = { type: `auth.${type}`, subject: 's', data: { userId, ...data } }
  const contents = messageContents(event as unknown as CloudEvent)
  expect(contents.map((one) => [one.userId, one.template, one.sms, one.email])).toEqual(
    template === undefined ? [] : [[userId, template, 'always', 'always']],
  )
  for (const one of contents) expect(kindOf(one.template)).toBeUndefined()
})

it('a disconnected number is said in the app and by mail, never by SMS; that it is proven, everywhere', () => {
  const about = (type: string, data = {}) =>
    messageContents({ type, subject: 's', data: { userId, ...data } } as unknown as CloudEvent)
  const data = { listId: 'l1', revokedOn: '2026-11-20' }
  expect(about('auth.phone-revoked', data)).toMatchObject([
    { template: 'auth.phone-revoked', values: { on: '2026-11-20' }, sms: 'never', email: 'always' },
  ])
  expect(about('auth.phone-proven')).toMatchObject([{ sms: 'always', email: 'always' }])
})
