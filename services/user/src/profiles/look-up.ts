// Staff find people by name and see their profile, masked; it is revealed for a reason, which is on record first.
import type { Input, Output } from '@bahi/contracts/call.ts'
import { maskPhone } from '@bahi/contracts/formats.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import * as contracts from '@bahi/contracts/person-look-up.ts'
import { maskEmail, maskName } from '@bahi/contracts/personal-data.ts'
import type { TakeOfDay } from '@bahi/kit/cache/day-quota.ts'
import type { App } from '@bahi/kit/http/http.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { newestSubmission, tierOf } from '../kyc/store.ts'
import { getOwnProfile } from './get-profiles.ts'
import { canSearch, isNamed, tokensOfName } from './name-tokens.ts'
import { openName, openProfile } from './profile.ts'
import { lockNamesWithoutTokens, profilesByTokens, setNameTokens } from './store-names.ts'

export type LookUpDeps = Deps & { takeOfDay: TakeOfDay; searchesPerDay: number }

/** Of one page: what has the tokens, before the words themselves are compared. */
const pageSize = 50

export function lookUpRoutes(app: App, deps: LookUpDeps): void {
  app.route({
    ...contracts.searchPeople,
    handler: ({ person, body }) => searchPeople(deps, person.userId, body),
  })
  app.route({
    ...contracts.showPersonProfile,
    handler: ({ params }) => showProfile(deps, params.userId),
  })
  app.route({
    ...contracts.revealPerson,
    handler: ({ person, params, body }) => revealPerson(deps, person.userId, params.userId, body.reason),
  })
}

/** Whom it shows is stored before it is shown. Throws `rate-limited`. */
async function searchPeople(
  deps: LookUpDeps,
  actorId: string,
  { name, after }: Input<typeof contracts.searchPeople>['body'],
): Promise<Output<typeof contracts.searchPeople>> {
  const refusal = `people are searched by name ${deps.searchesPerDay} times a day`
  await deps.takeOfDay(`user:people-searches:${actorId}`, deps.searchesPerDay, refusal)
  if (!canSearch(name)) return { people: [] }
  const tokens = tokensOfName(deps.seal, name)
  const rows = await profilesByTokens(deps.sql, { tokens, after: after ?? null, limit: pageSize })
  const found = eachOpened(deps, rows, (row) =>
    isNamed(openName(deps.seal, row), name) ? [openProfile(deps.seal, row)] : [],
  )
  const data = { actorId, userIds: found.map(({ userId }) => userId) }
  await deps.transaction((tx) => deps.append(tx, { type: 'user.people-searched', stream: uuidv7(), data }))
  const last = rows.length === pageSize ? rows.at(-1) : undefined
  return {
    people: found.map(({ userId, name: whole, phone, createdAt }) => ({
      ...{ userId, name: maskName(whole), phone: maskPhone(phone), createdAt },
    })),
    ...(last ? { next: last.userId } : {}),
  }
}

/** Throws `not-found`. */
async function showProfile(deps: LookUpDeps, userId: string): Promise<contracts.PersonProfile> {
  const { name, phone, email, language, createdAt } = await getOwnProfile(deps, userId)
  const [tier, submission] = await Promise.all([
    tierOf(deps.sql, userId, deps.clock.now()),
    newestSubmission(deps.sql, userId),
  ])
  // A draft is its person's own still.
  const submitted = submission?.status === 'draft' ? undefined : submission
  return {
    ...{ userId, name: maskName(name), phone: maskPhone(phone), language, createdAt },
    ...(email === undefined ? {} : { email: maskEmail(email) }),
    ...(tier || submitted
      ? {
          kyc: {
            ...(tier ? { tier: tier.tier, until: tier.until.toISOString() } : {}),
            ...(submitted
              ? {
                  submission: {
                    ...{ id: submitted.id, tier: submitted.tier, status: submitted.status },
                    changedAt: submitted.changedAt.toISOString(),
                  },
                }
              : {}),
          },
        }
      : {}),
  }
}

/** Throws `not-found`. */
async function revealPerson(
  deps: LookUpDeps,
  actorId: string,
  userId: string,
  note: string,
): Promise<Output<typeof contracts.revealPerson>> {
  const { userId: id, name, phone, email } = await getOwnProfile(deps, userId)
  const data = { userId: id, actorId, note }
  await deps.transaction((tx) => deps.append(tx, { type: 'user.person-revealed', stream: uuidv7(), data }))
  return { name, phone, ...(email === undefined ? {} : { email }) }
}

/** One that does not open is in the log, and keeps nobody else from being found. */
function eachOpened<Row extends { userId: string }, T>(
  { log }: Pick<Deps, 'log'>,
  rows: readonly Row[],
  open: (row: Row) => T[],
): T[] {
  return rows.flatMap((row) => {
    try {
      return open(row)
    } catch (err) {
      log.error(
        { err, userId: row.userId },
        'profile cannot be decrypted: check that the data keys hold the key that it names',
      )
      return []
    }
  })
}

const indexedAtOnce = 200

/** Names of before the search was there. True when there may be more. */
export function indexNames(deps: Pick<Deps, 'transaction' | 'seal' | 'log'>): Promise<boolean> {
  const { seal } = deps
  return deps.transaction(async (tx) => {
    const rows = await lockNamesWithoutTokens(tx, indexedAtOnce)
    const tokens = eachOpened(deps, rows, (row) => [
      { userId: row.userId, tokens: tokensOfName(seal, openName(seal, row)) },
    ])
    await setNameTokens(tx, tokens)
    return rows.length === indexedAtOnce && tokens.length > 0
  })
}
