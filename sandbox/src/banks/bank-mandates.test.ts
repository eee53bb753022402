// Mandates at a bank of the sandbox, which our app asks for: the PIN block of each operation is for that one alone.
import type { BankOperation } from '@bahi/contracts/bank-mandates.ts'
import { umnOf } from '@bahi/contracts/umn.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { mandateOperations } from '@bahi/contracts/pin-block.ts'
import { addDays, istDateOf } from '@bahi/contracts/recurrence.ts'
import { reqOperation } from '@bahi/contracts/sandbox-ports.ts'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { startTestNetwork, type TestNetwork } from '../testing.ts'

let network: TestNetwork
beforeAll(async () => {
  network = await startTestNetwork(inject('postgresUrl'))
})
afterAll(() => network.platform.stop())

const payeeVpa = 'shop@sandbox'

it('a PIN is tried for the operation that its block names, or that an app of before left out', async () => {
  const goodPin = '4071'
  const { accountRef } = await network.customer('GANG', 50_000_00, goodPin)
  const today = istDateOf(network.clock.now())
  const terms = {
    ...({ amountRule: 'MAX', amountPaise: 199_00, recurrence: 'ASPRESENTED', validFrom: today } as const),
    ...{ validTo: addDays(today, 90), revocable: true, blockFunds: false },
  }
  const mandateId = uuidv7(network.clock.now().getTime())
  const [umn, fromUmn] = [umnOf(mandateId, 'bahi'), umnOf(mandateId, 'ganga')]
  const about = { mandateId, userId: uuidv7(), payeeVpa, terms }
  const { amountPaise, validTo } = terms
  let nth = 0
  const operate = async (operation: BankOperation, block: object, pin = goodPin, number = umn) => {
    const bound = { purpose: 'mandate', mandateId, payeeVpa, amountPaise, pin, ...block } as const
    const asked = { umn: number, nth: ++nth, bank: 'GANG', accountRef, operation }
    const body = { ...asked, pin: await network.encrypt(bound) }
    return (await network.platform.as('account')(reqOperation, { body })).code
  }
  const table: [BankOperation, string?][] = [
    [{ type: 'create', ...about }],
    [{ type: 'update', amountPaise, validTo }],
    [{ type: 'unpause' }],
    [{ type: 'port', accountId: uuidv7() }],
    // Given there, and taken by ours.
    [{ type: 'take', fromUmn, ...about }, umnOf(mandateId, 'other')],
  ]
  for (const [operation, number] of table) {
    if (operation.type === 'take') {
      await network.platform.database.admin`
        update sandbox.bank_mandates set umn = ${fromUmn} where umn = ${umn}`
    }
    // Wrong as it is, it would cost a try each time.
    for (const other of mandateOperations.filter((one) => one !== operation.type))
      expect([other, await operate(operation, { operation: other }, '9302', number)]).toEqual([other, 'U54'])
    expect(await operate(operation, { operation: 'revoke' }, goodPin, number)).toBe('U14')
    expect(await operate(operation, { operation: operation.type }, goodPin, number)).toBe('00')
  }
  expect(await operate({ type: 'unpause' }, {}, goodPin, umnOf(mandateId, 'other'))).toBe('00')
})
