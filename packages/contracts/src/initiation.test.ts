// Which modes, purposes and origins go together: a table.
import { expect, it } from 'vitest'
import {
  defaultInitiation,
  initiationFault,
  isDefaultInitiation,
  type InitiationInput,
} from './initiation.ts'

it.each<[string, InitiationInput, string | undefined]>([
  ['nothing said', {}, undefined],
  ['a static QR code', { mode: '01', origin: { kind: 'qr' } }, undefined],
  ['a merchant’s dynamic QR code', { mode: '15', reference: 'ORDER-1', mcc: '5411' }, undefined],
  ['an intent with a reference', { mode: '04', reference: 'ORDER-1', origin: { kind: 'intent' } }, undefined],
  ['a school fee', { purpose: '08' }, undefined],
  ['cash from an ATM', { mode: '18', purpose: '12', origin: { kind: 'qr' } }, undefined],
  ['a mandate’s execution', { mode: '11', purpose: '14', origin: { kind: 'mandate', id: 'm1' } }, undefined],
  ['a dynamic QR code without its reference', { mode: '22' }, 'reference'],
  ['a mandate mode of no mandate', { mode: '11' }, 'origin'],
  ['a mandate by another mode', { origin: { kind: 'mandate', id: 'm1' } }, 'origin'],
  ['a standing instruction without a mandate', { purpose: '14' }, 'purpose'],
  ['an ATM purpose elsewhere', { purpose: '12' }, 'purpose'],
  ['an ATM without its purpose', { mode: '18' }, 'purpose'],
  ['UPI Lite', { purpose: '44' }, 'purpose'],
  ['an inward remittance', { mode: '12' }, 'mode'],
  ['a QR code of a picture', { mode: '01', origin: { kind: 'picture' } }, undefined],
  ['a picture of no QR code', { mode: '04', origin: { kind: 'picture' } }, 'origin'],
  ['a QR code by typing', { origin: { kind: 'qr' } }, 'origin'],
  ['an intent by typing', { origin: { kind: 'intent' } }, 'origin'],
  ['a request without an id', { origin: { kind: 'request' } }, 'origin'],
  ['a payment of the network', { origin: { kind: 'network' } }, 'origin'],
  ['business to business with a person', { purpose: '20' }, 'mcc'],
])('%s', (_what, input, field) => {
  expect(initiationFault({ ...defaultInitiation, ...input })?.field).toBe(field)
})

it('only what says nothing is the default', () => {
  expect(isDefaultInitiation(defaultInitiation)).toBe(true)
  for (const other of [{ mode: '01' }, { purpose: '08' }, { reference: 'abcd' }, { mcc: '5411' }] as const)
    expect(isDefaultInitiation({ ...defaultInitiation, ...other })).toBe(false)
  expect(isDefaultInitiation({ ...defaultInitiation, origin: { kind: 'app', id: 'x' } })).toBe(false)
})

it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'])(
  'a mode or purpose %s is of no flow',
  (code) => {
    expect(initiationFault({ ...defaultInitiation, mode: code, purpose: code })).toBeUndefined()
  },
)
