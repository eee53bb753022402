// Messages about staff roles: who is concerned is told, by channels that nobody switches off.
import type { CloudEvent } from '@bahi/kit/bus/bus.ts'
import { expect, it } from 'vitest'
import { kindOf } from '../preferences/muting.ts'
import { messageContents } from './message-content.ts'

const [person, maker, checker] = ['person', 'maker', 'checker']
const grant = {
  grantId: 'g1',
  userId: person,
  role: 'auditor',
  note: 'n',
  endsAt: '2026-12-23T10:00:00.000Z',
}

it.each([
  ['requested', { actorId: maker }, { person: 'requested', maker: 'requested-by-you' }],
  [
    'granted',
    { actorId: checker, makerId: maker },
    { person: 'granted', checker: 'approved-by-you', maker: 'request-approved' },
  ],
  ['granted', { origin: 'command' }, { person: 'granted' }],
  [
    'declined',
    { actorId: checker, makerId: maker },
    { person: 'declined', checker: 'declined-by-you', maker: 'request-declined' },
  ],
  ['declined', { actorId: maker, makerId: maker }, { person: 'declined', maker: 'declined-by-you' }],
  ['declined', { makerId: maker }, { person: 'declined', maker: 'request-declined' }],
  ['ended', { actorId: checker, renewed: false }, { person: 'ended', checker: 'ended-by-you' }],
  ['ended', { actorId: person, renewed: false }, { person: 'ended' }],
  ['ended', { renewed: false }, { person: 'ended' }],
  ['ended', { actorId: checker, renewed: true }, {}],
])('a role that is %s: %j', (what, more, expected) => {
  const event = {
    type: `auth.role-${what}`,
    subject: 'g1',
    data: { ...grant, ...more },
  } as unknown as CloudEvent
  const contents = messageContents(event)
  expect(Object.fromEntries(contents.map(({ userId, template }) => [userId, template]))).toEqual(
    Object.fromEntries(Object.entries(expected).map(([who, template]) => [who, `role.${template}`])),
  )
  for (const { template, sms, email, values } of contents) {
    expect([template, kindOf(template), sms, email]).toEqual([template, undefined, 'always', 'always'])
    expect(values['role']).toBe('auditor')
  }
})
