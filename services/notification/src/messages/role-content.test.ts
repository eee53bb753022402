// Messages about staff roles: who is concerned is told, by channels that nobody switches off.
import { grantedRoles } from '@bahi/contracts/permissions.ts'
import type { CloudEvent } from '@bahi/kit/bus/bus.ts'
import { expect, it } from 'vitest'
import { kindOf } from '../preferences/muting.ts'
import { messageContents } from './message-content.ts'
import { render, templateNames } from './templates.ts'

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

const until = '2026-12-23T10:00:00.000Z'
const textsTo = (role: string, whom: (template: string) => boolean) =>
  templateNames
    .filter((template) => template.startsWith('role.') && whom(template))
    .map((template) => render(template, 'en', { role, until }).text)
const toAdministrators = (template: string) => /-by-you$|\.request-/.test(template)

it('whom to tell: another administrator, any one, or us', () => {
  for (const text of textsTo('auditor', toAdministrators))
    expect(text).toMatch(/Tell another administrator at once\.|declined, or nobody decided/)
  const toPerson = (role: string) => textsTo(role, (template) => !toAdministrators(template)).join(' ')
  expect(toPerson('auditor')).toContain('Tell an administrator at once.')
  expect(toPerson('merchant')).toContain('Call us at once.')
  for (const role of ['auditor', 'merchant']) expect(toPerson(role)).not.toContain('another administrator')
  expect(toPerson('merchant')).not.toContain('Tell an administrator')
})

it.each(grantedRoles)('the role %s has a name in Hindi', (role) => {
  expect(render('role.declined', 'hi', { role }).text).toMatch(/“[^”]*\p{Script=Devanagari}[^”]*”/u)
})
