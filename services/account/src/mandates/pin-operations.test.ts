// The PIN block of an operation on a mandate: it is for that operation alone, by our app and over the network.
import { mandateOperations } from '@bahi/contracts/pin-block.ts'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createAccountTestSetup, goodPin, type Customer } from '../testing.ts'
import { mandatesFor, payeeVpa, type Kept } from './testing.ts'

let setup: Awaited<ReturnType<typeof createAccountTestSetup>>
let asha: Customer
let of: ReturnType<typeof mandatesFor>
let template: Kept
beforeAll(async () => {
  setup = await createAccountTestSetup(inject('postgresUrl'))
  asha = await setup.customer(90_000_00)
  of = mandatesFor(setup, asha)
  template = await of.made()
})
afterAll(() => setup.platform.stop())

describe('a PIN block', () => {
  const fresh = () => of.given(template.terms)
  /** Of a mandate that is as it has to be for that operation: asked by our app, or over the network. */
  const uses: Record<string, () => Promise<(block: object, pin?: string) => Promise<string>>> = {
    create: () => {
      const mandate = fresh()
      const { id: mandateId, terms } = mandate
      const wanted = { type: 'create', mandateId, userId: asha.userId, payeeVpa, terms } as const
      return Promise.resolve((block, pin = goodPin) => of.operate(mandate, wanted, { pin, block }))
    },
    'create there': () => {
      const mandate = fresh()
      return Promise.resolve((block, pin = goodPin) => of.ask(mandate, 'CREATE', { pin, block }))
    },
    update: async () => {
      const mandate = await of.made()
      const { amountPaise, validTo } = mandate.terms
      return (block, pin = goodPin) =>
        of.operate(mandate, { type: 'update', amountPaise, validTo }, { pin, block })
    },
    'update there': async () => {
      const mandate = await of.kept()
      return (block, pin = goodPin) => of.ask(mandate, 'UPDATE', { pin, block })
    },
    unpause: async () => {
      const mandate = await of.made()
      return (block, pin = goodPin) => of.operate(mandate, { type: 'unpause' }, { pin, block })
    },
    'unpause there': async () => {
      const mandate = await of.kept()
      const pause = { from: of.day(), until: of.day() }
      expect(await of.ask(mandate, 'PAUSE', { pause })).toBe('00')
      return (block, pin = goodPin) => of.ask(mandate, 'UNPAUSE', { pin, block })
    },
    port: async () => {
      const mandate = await of.made()
      const { accountId } = asha
      return (block, pin = goodPin) => of.operate(mandate, { type: 'port', accountId }, { pin, block })
    },
    take: async () => {
      const mandate = await of.kept()
      return (block, pin = goodPin) => of.take(mandate, pin, block)
    },
    release: async () => {
      const mandate = await of.made()
      return (block, pin = goodPin) => of.release(mandate, pin, block)
    },
  }

  it.each(Object.keys(uses))('that is for another operation is not tried for this one: %s', async (name) => {
    const wanted = name.split(' ')[0]
    const use = await uses[name]!()
    // Wrong as it is, it would cost a try each time.
    for (const operation of mandateOperations.filter((one) => one !== wanted))
      expect([operation, await use({ operation }, '9999')]).toEqual([operation, 'U54'])
    expect(await use({ operation: 'revoke' })).toBe('U14')
    expect(await use({ operation: wanted }, '9999')).toBe('ZM')
    expect(await use({ operation: wanted })).toBe('00')
  })

  it('of an app of the version before names no operation, and is taken', async () => {
    for (const of of Object.values(uses)) {
      const use = await of()
      expect(await use({ operation: undefined })).toBe('00')
    }
  })
})
