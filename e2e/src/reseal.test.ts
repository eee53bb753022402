// A rotation of data keys on the whole platform: every sealed column of every service ends under the new key.
import { createECDH } from 'node:crypto'
import { changePhone, requestOtp } from '@bahi/contracts/auth.ts'
import { putContact } from '@bahi/contracts/contacts.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { saveKyc } from '@bahi/contracts/kyc.ts'
import { requestMeasure } from '@bahi/contracts/measures.ts'
import { subscribeToPush } from '@bahi/contracts/push.ts'
import { readInbox } from '@bahi/contracts/sandbox.ts'
import { saveView } from '@bahi/contracts/saved-views.ts'
import { changeMe, confirmEmail, me } from '@bahi/contracts/user.ts'
import { makePersonKeys } from '@bahi/kit/crypto/person-keys.ts'
import { createSeal } from '@bahi/kit/crypto/seal.ts'
import { connect } from '@bahi/kit/sql/sql.ts'
import { roleUrl } from '@bahi/platform/secrets.ts'
import { withNewKey } from '@bahi/kit/crypto/data-keys.ts'
import { isComplete, resealAll } from '@bahi/platform/reseal.ts'
import { services } from '@bahi/platform/services.ts'
import { apiAt } from '@bahi/platform/api-client.ts'
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest'
import { registerApp } from './relying-party.ts'
import { startPlatform, type RunningPlatform } from '@bahi/platform/testing-platform.ts'

let platform: RunningPlatform
beforeAll(async () => {
  platform = await startPlatform(inject('postgresUrl'))
})
afterAll(() => platform.stop())

it('every column whose name says that it is sealed is one that re-sealing knows', async () => {
  const found = await platform.admin<{ name: string }[]>`
    select table_schema || '.' || table_name || '.' || column_name as name from information_schema.columns
    where column_name like '%sealed%' and table_schema !~ '^(pg_|information_schema)' order by 1`
  const known = services.flatMap(({ name, sealed = [] }) =>
    sealed.map(({ table, column }) => `${name}.${table}.${column}`),
  )
  expect(known.sort()).toEqual(found.map((column) => column.name))
})

function publicKeyOfBrowser(): string {
  const pair = createECDH('prime256v1')
  pair.generateKeys()
  return pair.getPublicKey('base64url')
}

it('nothing is left under the older keys, and a copy that has only the new ones opens everything', async () => {
  const person = await platform.customer(10_000_00, 'KAVE')
  await platform.customer()
  await person.call(putContact, {
    params: { vpa: 'ravi@bahi' },
    body: { name: 'Ravi', favourite: false, changedAt: new Date().toISOString() },
  })
  const auditor = await platform.staff(['auditor'])
  await auditor.call(saveView, {
    params: { id: uuidv7() },
    body: { list: 'audit', name: 'Grants', filters: { type: 'auth.role-granted' } },
  })
  const operator = await platform.staff(['operator'], { isKeyless: true })
  await registerApp({ url: platform.url, token: operator.token() }, { id_token_signed_response_alg: 'RS256' })
  const analyst = await platform.staff(['risk-analyst'])
  await analyst.call(requestMeasure, {
    params: { id: uuidv7() },
    body: {
      ...{ userId: person.userId, kind: 'restore-sign-in', phone: '+919123456781' },
      note: 'Has another number now',
    },
  })
  const stepUp = { password: person.password }
  const email = 'asha@example.in'
  await person.call(changeMe, { body: { email, stepUp } })
  const codeSentTo = async (to: string) => {
    const { messages } = await vi.waitFor(async () => {
      const inbox = await person.call(readInbox, { querystring: { to } })
      if (inbox.messages.length === 0) throw new Error('no message has arrived')
      return inbox
    })
    return /[0-9]{6}/.exec(messages[0]!.text)![0]
  }
  await person.call(confirmEmail, { body: { otp: await codeSentTo(email) } })
  await person.call(changeMe, { body: { email: 'asha@example.org', stepUp } })
  // Sealed anew by two services, the second of which follows a moment later.
  const phone = '+919123456780'
  await person.call(requestOtp, { body: { phone, purpose: 'new-phone' } })
  await person.call(changePhone, { body: { newPhone: phone, otp: await codeSentTo(phone), stepUp } })
  await vi.waitFor(async () => expect(await person.call(me, {})).toMatchObject({ phone }), 20_000)
  await person.call(subscribeToPush, {
    body: {
      endpoint: 'https://fcm.googleapis.com/fcm/send/example',
      keys: { p256dh: publicKeyOfBrowser(), auth: 'A'.repeat(22) },
    },
  })
  await person.call(saveKyc, {
    params: { id: uuidv7() },
    body: { tier: 'minimum', form: { name: 'Asha Rao', bornOn: '1990-04-12', pan: 'ABCPR1234F' } },
  })
  const older = platform.secrets.dataKeys
  const sql = connect(roleUrl(platform.databaseUrl, 'user', 'test'), { max: 1 })
  await makePersonKeys(sql, createSeal('user', older['user']!), [person.userId])
  await sql.end()
  const rotated = Object.fromEntries(Object.entries(older).map(([name, keys]) => [name, withNewKey(keys)]))

  // What follows from the above by events, other services seal too.
  await platform.settle()
  // Until the platform, which seals under the older keys, has written all of it.
  const changedOf: Record<string, number> = {}
  await vi.waitFor(async () => {
    const results = await resealAll(platform.databaseUrl, (service) => rotated[service])
    for (const { service, column, changed } of results) {
      const name = `${service}.${column.table}.${column.column}`
      changedOf[name] = (changedOf[name] ?? 0) + changed
    }
    expect(results.filter((result) => !isComplete([result]))).toEqual([])
  }, 60_000)
  for (const [name, changed] of Object.entries(changedOf)) expect(changed, name).toBeGreaterThan(0)
  expect(isComplete(await resealAll(platform.databaseUrl, (service) => older[service]))).toBe(false)

  for (const [service, { current, keys, fingerprintKey }] of Object.entries(rotated))
    platform.secrets.dataKeys[service] = { current, keys: { [current]: keys[current]! }, fingerprintKey }
  const copy = await platform.copy()
  const now = await apiAt(copy.url, person.token)(me, {})
  expect(now).toMatchObject({ phone, email, emailPending: 'asha@example.org' })
  await copy.close()
})
