// Tens of thousands of payers: the rows that registering, linking and setting a PIN would write, inserted in bulk,
// since one-time codes and password hashes are not what is measured. Their balances come from the treasury account.
import { randomInt } from 'node:crypto'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { connect, rowsIn, type Sql } from '@bahi/kit/sql/sql.ts'
import { createSeal } from '@bahi/kit/crypto/seal.ts'
import { systemClock } from '@bahi/kit/clock.ts'
import { ownBank } from '@bahi/account/bank-accounts/own-bank.ts'
import { createPinKeys } from '@bahi/account/pin/pin-keys.ts'
import { createSigningKeys, tokenKeys } from '@bahi/auth/signing-keys/signing-keys.ts'
import { tokensOf } from '@bahi/auth/sessions/tokens.ts'
import { sealName, sealPhone } from '@bahi/user/profiles/profile.ts'
import type { Secrets } from '@bahi/platform/secrets.ts'
import * as accountColumns from '@bahi/account/sealed-columns.ts'
import * as authColumns from '@bahi/auth/sealed-columns.ts'

export type Payer = {
  userId: string
  accountId: string
  deviceId: string
  sessionId: string
  vpa: string
}

export const pin = '4071'
/** Longer ago than any cooling period. */
const ageMs = 40 * 86_400_000
const balancePaise = 10_00_000_00
const chunk = 1_000
const transfersAtOnce = 200
const filled = [
  ...['auth.people', 'auth.devices', 'auth.sessions', '"user".profiles', 'notification.people'],
  ...['account.ledger_accounts', 'account.bank_accounts', 'account.linked_accounts', 'account.vpas'],
]

/** Writes `count` people. Their phones and UPI IDs follow from their number. */
export async function writePayers(adminUrl: string, secrets: Secrets, count: number): Promise<Payer[]> {
  const sql = connect(adminUrl, { max: 1, name: 'bahi-bench' })
  const sealOf = (service: string) => createSeal(service, secrets.dataKeys[service]!)
  const [auth, user, account] = [sealOf('auth'), sealOf('user'), sealOf('account')]
  const { BAHI_PIN_KEY, BAHI_PIN_VERIFIER_KEY } = secrets.env
  const pins = await createPinKeys(BAHI_PIN_KEY, BAHI_PIN_VERIFIER_KEY)
  const sinceMs = Date.now() - ageMs
  const since = new Date(sinceMs)
  const all: Payer[] = []
  try {
    for (let from = 0; from < count; from += chunk) {
      const rows = Array.from({ length: Math.min(chunk, count - from) }, (_, i) => {
        const nth = from + i
        const phone = `+91${9_000_000_000 + nth}`
        const number = `${30_000_000_000 + nth}`
        const userId = uuidv7(sinceMs)
        const bankAccountId = uuidv7(sinceMs)
        const name = `Person ${nth}`
        const link = { userId, bank: ownBank.code, accountRef: bankAccountId }
        return {
          user_id: userId,
          session_id: uuidv7(sinceMs),
          account_id: uuidv7(sinceMs),
          bank_account_id: bankAccountId,
          device_id: `phone-${nth}`,
          vpa: `p${nth}@bahi`,
          name_sealed: sealName(user, userId, name),
          holder_sealed: account.seal(name, accountColumns.holderColumn, bankAccountId),
          link_holder_sealed: accountColumns.sealLinkHolder(account, link, name),
          masked: `XXXXXX${number.slice(-4)}`,
          phone_key: auth.fingerprint(phone, 'auth.phone').toString('hex'),
          auth_sealed: auth.seal(phone, authColumns.phoneColumn, userId),
          user_sealed: sealPhone(user, userId, phone),
          bank_phone_key: account.fingerprint(phone, 'account.phone').toString('hex'),
          bank_phone_sealed: account.seal(phone, accountColumns.phoneColumn, bankAccountId),
          number_key: account.fingerprint(number, 'account.number').toString('hex'),
          number_sealed: account.seal(number, accountColumns.numberColumn, bankAccountId),
          card_key: account.fingerprint(`${nth}-${randomInt(1_000_000)}`, 'account.card').toString('hex'),
          verifier: pins.digest(bankAccountId, pin).toString('hex'),
        }
      })
      await insert(sql, rows, since)
      all.push(
        ...rows.map((row) => ({
          userId: row.user_id,
          accountId: row.account_id,
          deviceId: row.device_id,
          sessionId: row.session_id,
          vpa: row.vpa,
        })),
      )
    }
    await fund(sql)
    // Not the tables that payments fill: the planner would take them for empty.
    await sql.unsafe(`analyze ${filled.join(', ')}`)
  } finally {
    await sql.end()
  }
  return all
}

async function insert(sql: Sql, rows: object[], since: Date): Promise<void> {
  await sql`
    with given as (
      select p.user_id, p.session_id, p.account_id, p.bank_account_id, p.device_id, p.vpa, p.name_sealed,
        p.holder_sealed, p.link_holder_sealed, p.masked, p.phone_key, p.auth_sealed, p.user_sealed, p.bank_phone_key,
        p.bank_phone_sealed, p.number_key, p.number_sealed, p.card_key, p.verifier
      from json_to_recordset(${rowsIn(sql, rows)}) as p (
        user_id uuid, session_id uuid, account_id uuid, bank_account_id uuid, device_id text, vpa text,
        name_sealed text, holder_sealed text, link_holder_sealed text, masked text, phone_key text, auth_sealed text,
        user_sealed text, bank_phone_key text, bank_phone_sealed text, number_key text, number_sealed text,
        card_key text, verifier text)
    ), people as (
      insert into auth.people (id, phone_fingerprint, phone_sealed, password_hash, created_at, registered_at)
      select user_id, decode(phone_key, 'hex'), auth_sealed, 'none', ${since}, ${since} from given
    ), devices as (
      insert into auth.devices (user_id, device_id, name, bound_at)
      select user_id, device_id, 'A phone', ${since} from given
    ), sessions as (
      insert into auth.sessions (id, user_id, device_id, created_at, last_used_at, expires_at)
      select session_id, user_id, device_id, ${since}, ${since}, now() + interval '30 days' from given
    ), profiles as (
      insert into "user".profiles (user_id, name_sealed, phone_sealed, created_at, changed_at)
      select user_id, name_sealed, user_sealed, ${since}, ${since} from given
    ), preferences as (
      -- Messages in the app, live, and not by SMS.
      insert into notification.people (user_id, sms, email, live, has_email, copied_profile_version)
      select user_id, false, false, true, false, 1 from given
    ), ledger as (
      insert into account.ledger_accounts (floor_paise) select 0 from given returning id
    ), numbered as (
      select g.bank_account_id, g.number_key, g.number_sealed, g.bank_phone_key, g.bank_phone_sealed, g.holder_sealed,
        g.card_key, g.verifier, l.id as ledger_id
      from (
        select bank_account_id, number_key, number_sealed, bank_phone_key, bank_phone_sealed, holder_sealed,
          card_key, verifier, row_number() over () as n
        from given
      ) g
      join (select id, row_number() over (order by id) as n from ledger) l using (n)
    ), bank as (
      insert into account.bank_accounts (id, ledger_account_id, number_fingerprint, number_sealed, phone_fingerprint,
        phone_sealed, holder_name_sealed, type, card_fingerprint, pin_verifier, pin_set_at, opened_at)
      select bank_account_id, ledger_id, decode(number_key, 'hex'), number_sealed, decode(bank_phone_key, 'hex'),
        bank_phone_sealed, holder_sealed, 'savings', decode(card_key, 'hex'), decode(verifier, 'hex'), ${since},
        ${since}
      from numbered
    ), linked as (
      insert into account.linked_accounts (id, user_id, bank, bank_name, ifsc, account_ref, bank_account_id,
        masked_number, holder_name_sealed, type, pin_length, pin_set, linked_at)
      select account_id, user_id, ${ownBank.code}, ${ownBank.name}, ${ownBank.ifsc}, bank_account_id::text,
        bank_account_id, masked, link_holder_sealed, 'savings', ${ownBank.pinLength}, true, ${since}
      from given
    )
    insert into account.vpas (vpa, user_id, account_id, is_primary, created_at)
    select vpa, user_id, account_id, true, ${since} from given`
}

/** By the ledger's own function: the treasury account is debited for every balance. */
async function fund(sql: Sql): Promise<void> {
  await sql`set search_path = account`
  await sql`set statement_timeout = 0`
  const [treasury] = await sql<{ id: number }[]>`
    select ledger_account_id as id from internal_accounts where name = 'treasury'`
  const accounts = await sql<{ id: number }[]>`select ledger_account_id as id from bank_accounts order by id`
  for (let from = 0; from < accounts.length; from += transfersAtOnce) {
    const items = accounts.slice(from, from + transfersAtOnce).map(({ id }) => ({
      id: uuidv7(),
      kind: 'transfer',
      debit_account: treasury!.id,
      credit_account: id,
      amount_paise: balancePaise,
    }))
    const codes = await sql<{ code: string }[]>`select code from post_transfers(${sql.json(items)})`
    if (codes.some(({ code }) => code !== '00')) throw new Error('the treasury transfer failed')
  }
}

/** An access token for each, as auth signs it. */
export async function tokensFor(adminUrl: string, secrets: Secrets, people: Payer[]): Promise<string[]> {
  const url = new URL(adminUrl)
  url.searchParams.set('search_path', 'auth')
  const sql = connect(url.toString(), { max: 1, name: 'bahi-bench' })
  try {
    await sql`set search_path = auth`
    const seams = { sql, seal: createSeal('auth', secrets.dataKeys['auth']!), clock: systemClock }
    const keys = createSigningKeys(seams, 30, tokenKeys)
    const deps = { ...seams, keys, config: { BAHI_ISSUER: 'https://bahi.local' } }
    return await Promise.all(
      people.map(async ({ userId, sessionId, deviceId }) => {
        const device = {
          deviceId,
          keyThumbprint: null,
          begunBy: null,
          secondFactor: null,
          secondFactorAt: null,
        }
        const session = { id: sessionId, userId, ...device, roles: ['customer' as const] }
        return (await tokensOf(deps as never, session, '')).accessToken
      }),
    )
  } finally {
    await sql.end()
  }
}
