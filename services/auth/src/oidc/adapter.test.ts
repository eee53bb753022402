// What the protocol library is given of an app's request of a payment, whatever its polls do meanwhile.
import { connect } from '@bahi/kit/sql/sql.ts'
import { systemClock } from '@bahi/kit/clock.ts'
import { testDatabase } from '@bahi/testing/database.ts'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { service } from '../app.ts'
import type { AuthDeps } from '../deps.ts'
import { createAdapter } from './adapter.ts'

let database: Awaited<ReturnType<typeof testDatabase>>
let sql: ReturnType<typeof connect>
beforeAll(async () => {
  database = await testDatabase(inject('postgresUrl'), [service])
  sql = connect(database.url('auth'), { max: 2 })
})
afterAll(async () => {
  await sql.end()
  await database.drop()
})

it('one poll gets the token, also when another takes the grant back and a third writes the outcome late', async () => {
  const asked = createAdapter({ sql, clock: systemClock } as AuthDeps, 'BackchannelAuthenticationRequest')
  const paid = { grantId: 'grant-1', clientId: 'khata', accountId: 'nobody' }
  const save = () => asked.upsert('request-1', paid, 600)
  await save()
  await asked.consume('request-1')
  await asked.revokeByGrantId('grant-1')
  await save()
  await expect(asked.consume('request-1')).rejects.toMatchObject({ error: 'invalid_grant' })
})
