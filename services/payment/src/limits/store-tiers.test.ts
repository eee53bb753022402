// Payments limited by the KYC tier of their payer, which comes by an event.
import { uuidv7 } from '@bahi/contracts/id.ts'
import { reasonText } from '@bahi/contracts/reasons.ts'
import { connect, type Sql } from '@bahi/kit/sql/sql.ts'
import { testDatabase, type TestDatabase } from '@bahi/testing/database.ts'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { service } from '../app.ts'
import { prepared, processOn } from '../testing-begin.ts'
import { storeTiers } from './store-tiers.ts'

let database: TestDatabase
let pool: Sql
beforeAll(async () => {
  database = await testDatabase(inject('postgresUrl'), [service])
  pool = connect(database.url('payment'), { max: 2 })
})
afterAll(async () => {
  await pool.end()
  await database.drop()
})

it('a payer without a tier may pay less, where tiers count, until an event says that they have one', async () => {
  const sql = pool
  const [limited, unlimited] = [true, false].map((byTier) => processOn(sql, [], undefined, byTier).begin)
  const payer = uuidv7()
  const outcome = async (begin = limited!) => {
    const { payment } = await begin(prepared(payer, { amountPaise: 5_000_01 }))
    return payment.assessment?.decision
  }
  const until = new Date(Date.now() + 60_000).toISOString()
  const say = (tier: 'none' | 'minimum', more: object = {}) =>
    sql.begin((tx) =>
      storeTiers(tx, [
        {
          type: 'user.kyc-tier-changed',
          data: { userId: payer, tier, reason: 'approved', ...more },
        } as never,
      ]),
    )
  expect(await outcome(unlimited)).toBe('allow')
  expect(await outcome()).toBe('refuse')
  await say('minimum', { until })
  expect(await outcome()).toBe('allow')
  await say('minimum', { until: new Date().toISOString() })
  expect(await outcome()).toBe('refuse')
  await say('minimum', { until })
  await say('none')
  expect(await outcome()).toBe('refuse')
  const { payment } = await limited!(prepared(payer, { amountPaise: 5_000_01 }))
  expect(payment.assessment?.reasons).toContain('further:kyc-none:transaction-amount')
  expect(reasonText(payment.assessment?.reasons[0], 'Z8', 'en')).toContain('verify it in your profile')
})
