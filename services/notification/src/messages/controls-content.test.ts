// Messages about a person's controls: each change is a security message; what loosens and what stops is said.
import type { CloudEvent } from '@bahi/kit/bus/bus.ts'
import { expect, it } from 'vitest'
import { messageContents } from './message-content.ts'

const from = ['2026-11-23T10:00:00.000Z', '2026-11-24T10:00:00.000Z']

it.each([
  ['that tightens', { loosens: false, stopped: false }, 'controls.tightened'],
  ['that stops payments', { loosens: false, stopped: true }, 'controls.stopped'],
  ['that loosens later', { loosens: true, stopped: false }, 'controls.loosened'],
  ['that resumes later', { loosens: true, stopped: true }, 'controls.loosened'],
])('a change %s', (_name, { loosens, stopped }, template) => {
  const rows = (loosens ? from : from.slice(0, 1)).map((at) => ({ from: at, controls: {} }))
  const data = { userId: 'u1', by: 'owner', rows, tightens: !loosens, loosens, stopped }
  const event = { type: 'payment.controls-changed', subject: 'u1', data } as unknown as CloudEvent
  expect(messageContents(event)).toMatchObject([
    { userId: 'u1', template, sms: 'always', values: loosens ? { until: from[1] } : {} },
  ])
})

it('a stop while a change that loosens waits is said before it', () => {
  const controls = { stopped: true as const }
  const data = {
    ...{ userId: 'u1', by: 'sign-in', tightens: true, loosens: true, stopped: true },
    rows: from.map((at) => ({ from: at, controls })),
  }
  const event = { type: 'payment.controls-changed', subject: 'u1', data } as unknown as CloudEvent
  expect(messageContents(event)).toMatchObject([
    { template: 'controls.stopped', sms: 'always', values: {} },
    { template: 'controls.loosened', sms: 'always', values: { until: from[1] } },
  ])
})
