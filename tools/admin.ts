// `npm run admin`: appoints the first administrators of a platform, and resets a second factor that nobody else can.
import { appointAdministrators } from '@bahi/auth/roles/appoint.ts'
import { resetByCommand } from '@bahi/auth/second-factor/reset.ts'
import { systemClock } from '@bahi/kit/clock.ts'
import { createSeal } from '@bahi/kit/crypto/seal.ts'
import { appendEvents } from '@bahi/kit/events/events.ts'
import { connect, type Tx } from '@bahi/kit/sql/sql.ts'
import { exitWith, parseArguments } from '@bahi/platform/arguments.ts'
import { dataKeysAt } from '@bahi/platform/data-keys-at.ts'
import { databaseAt, databaseOptions } from '@bahi/platform/local-database.ts'

const help = `npm run admin -- --phone <number> --phone <number> --note <why>
       npm run admin -- --reset-second-factor --phone <number> --note <why>

Makes two registered people administrators, who grant every other role: one requests, the other approves. It works while
a platform has no administrators, and for one more person while it has a single one; otherwise it ends with status 1
and changes nothing. Who ran it is on record as the database's owner, with the note.

With --reset-second-factor it takes away the second factor of one person, who is signed out everywhere and enrols anew:
for an administrator who has lost it while there is no second one to approve the reset of another.

  --phone <number>   of somebody who has registered in the app, such as +919876500011; once for each person
  --note <why>       on record; at least three characters
  --database <url>   PostgreSQL, as the owner of the schemas (or DATABASE_ADMIN_URL); data keys are then read from
                     BAHI_DATA_KEYS or BAHI_DATA_KEYS_FILE, with those of auth
  --data <folder>    without a database: that of npm start, default .bahi
  --help             this text`

const { values } = parseArguments(help, {
  ...databaseOptions,
  'reset-second-factor': { type: 'boolean' },
  phone: { type: 'string', multiple: true },
  note: { type: 'string' },
})
const { phone: phones = [], note = '' } = values
const isReset = values['reset-second-factor'] === true
if (phones.length === 0 || (isReset && phones.length > 1) || note.trim().length < 3) exitWith(help)

try {
  const keys = await (await dataKeysAt(values))('auth')
  if (!keys) throw new Error('there are no data keys of auth')
  const { url, close } = await databaseAt(values)
  const sql = connect(url, { max: 1, name: 'bahi-admin' })
  try {
    const deps: Parameters<typeof appointAdministrators>[0] = {
      clock: systemClock,
      seal: createSeal('auth', keys),
      transaction: <T>(run: (tx: Tx) => Promise<T>) =>
        sql.begin(async (tx) => {
          await tx`set local search_path = auth`
          return run(tx)
        }) as Promise<T>,
      append: (tx, ...events) => appendEvents(tx, systemClock.now(), events),
    }
    if (isReset) {
      console.log(`second factor reset: ${await resetByCommand(deps, phones[0]!, note.trim())}`)
      console.log('They sign in by password and code, and enrol anew.')
    } else {
      for (const userId of await appointAdministrators(deps, phones, note.trim()))
        console.log(`administrator: ${userId}`)
      console.log('They sign in again to use it.')
    }
  } finally {
    await sql.end({ timeout: 5 })
    await close()
  }
} catch (error) {
  exitWith(`nothing was changed: ${(error as Error).message}`, 1)
}
