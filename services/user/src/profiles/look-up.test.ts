// People whom staff look up: found by words of their name, masked, and on record.
import { uuidv7 } from '@bahi/contracts/id.ts'
import { revealPerson, searchPeople, showPersonProfile } from '@bahi/contracts/person-look-up.ts'
import { changeMe, createProfile } from '@bahi/contracts/user.ts'
import { createSeal } from '@bahi/kit/crypto/seal.ts'
import { createLog } from '@bahi/kit/log.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { testDataKeys, testPlatform, type TestPlatform } from '@bahi/testing/platform.ts'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { service } from '../app.ts'
import { indexNames } from './look-up.ts'
import { tokensOfName } from './name-tokens.ts'

let platform: TestPlatform
beforeAll(async () => {
  platform = await testPlatform(inject('postgresUrl'), { services: [service] })
})
afterAll(() => platform.stop())

const phone = '+919876543210'
const seal = createSeal('user', testDataKeys)
const create = (userId: string, body = { name: 'Asha Rao', phone }) =>
  platform.as('auth')(createProfile, { params: { userId }, body })
const person = (userId: string) => platform.person({ userId })

describe('what staff look up', () => {
  const support = uuidv7()
  const staff = (role: 'support' | 'auditor' = 'support') =>
    platform.person({ userId: support, roles: ['customer', role] })
  const named = async (name: string, isOld = false) => {
    const userId = uuidv7()
    await create(userId, { name, phone })
    if (isOld)
      await platform.database.admin`
      update "user".profiles set name_tokens = null where user_id = ${userId}`
    return userId
  }
  const search = async (name: string, as = staff()) =>
    (await as(searchPeople, { body: { name } })).people.map(({ userId }) => userId)

  const transaction = <T>(run: (tx: Tx) => Promise<T>) =>
    platform.database.admin.begin(async (tx) => {
      await tx`set local search_path = "user"`
      return run(tx as Tx)
    }) as Promise<T>
  const index = () => indexNames({ seal, transaction, log: createLog('test', 'silent') })

  it('is found by words of a name in any order, by beginnings and by sound, and on record', async () => {
    const meenakshi = await named('Meenakshi Venkataraman')
    const ramesh = await named('रमेश वेंकट')
    const initials = await named('V M Lee')
    for (const typed of ['Minaxi', 'VENKATARAMAN meenakshi', 'Venkat', 'smt. Meenakshi'])
      expect(await search(typed), typed).toEqual([meenakshi])
    expect(await search('रमेश वेंकट')).toEqual([ramesh])
    for (const typed of ['lee', 'Lee V']) expect(await search(typed), typed).toEqual([initials])
    for (const typed of ['Meenakshi Iyer', 'Ven', '...', 'V  ', 'M V', 'Dr. V.'])
      expect(await search(typed), typed).toEqual([])
    const [found] = (await staff()(searchPeople, { body: { name: 'Minaxi' } })).people
    expect(found).toMatchObject({ name: 'M••• V•••', phone: '+91••••••3210' })
    const [row] = await platform.database.admin`
      select data from "user".events where type = 'user.people-searched' order by seq desc limit 1`
    expect(row!['data']).toEqual({ actorId: support, userIds: [meenakshi] })
    await expect(search('Minaxi', staff('auditor'))).rejects.toMatchObject({ code: 'not-allowed' })
  })

  it('is found under the new name alone once it was changed, and when it is older than the search', async () => {
    const userId = await named('Savitri Old')
    await person(userId)(changeMe, { body: { name: 'Savitri New' } })
    expect([await search('savitri old'), await search('savitri new')]).toEqual([[], [userId]])
    const older = await named('Bhagyashree Older', true)
    expect(await search('bhagyashree')).toEqual([])
    await index()
    expect(await search('bhagyashree')).toEqual([older])
  })

  it('is indexed by one copy of the service while another is at other names', async () => {
    const [locked, free] = [await named('Padmavathi One', true), await named('Padmavathi Two', true)]
    await platform.database.admin.begin(async (tx) => {
      await tx`select from "user".profiles where user_id = ${locked} for update`
      await index()
      expect(await search('padmavathi')).toEqual([free])
    })
    await index()
    expect(await search('padmavathi')).toEqual([locked, free].sort())
  })

  it('is found and indexed beside a name that was exchanged for that of another', async () => {
    const [exchanged, whole] = [await named('Thilagavathi One', true), await named('Thilagavathi Two', true)]
    await platform.database.admin`
      update "user".profiles p set name_sealed = o.name_sealed from "user".profiles o
      where p.user_id = ${exchanged} and o.user_id = ${whole}`
    await index()
    expect(await search('thilagavathi')).toEqual([whole])
    await platform.database.admin`
      update "user".profiles p set name_tokens = o.name_tokens from "user".profiles o
      where p.user_id = ${exchanged} and o.user_id = ${whole}`
    expect(await search('thilagavathi')).toEqual([whole])
  })

  it('keeps no fingerprint of a whole long word: those who share one cannot be counted', () => {
    const [long, same] = [tokensOfName(seal, 'Venkataraman'), tokensOfName(seal, 'Venkatesan')]
    expect(long).toHaveLength(1)
    expect(same).toEqual(long)
  })

  it('is a masked profile, revealed for a reason that is on record before it is shown', async () => {
    const params = { userId: uuidv7() }
    await create(params.userId)
    const seen = await staff()(showPersonProfile, { params })
    expect(seen).toMatchObject({ name: 'A••• R•••', phone: '+91••••••3210', language: 'en' })
    const reason = 'The person calls and asks for help'
    expect(await staff()(revealPerson, { params, body: { reason } })).toEqual({ name: 'Asha Rao', phone })
    const rows = await platform.database.admin`
      select data from "user".events where type = 'user.person-revealed'`
    expect(rows.map((row) => row['data'] as unknown)).toEqual([{ ...params, actorId: support, note: reason }])
    await expect(staff()(showPersonProfile, { params: { userId: uuidv7() } })).rejects.toMatchObject({
      code: 'not-found',
    })
  })
})
