// Measures about a person by maker and checker: requested with a reason, approved by somebody else, in effect at once.
import type { Input, Output } from '@bahi/contracts/call.ts'
import * as contracts from '@bahi/contracts/measures.ts'
import type { Measure, MeasureKind } from '@bahi/contracts/measures.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { App } from '@bahi/kit/http/http.ts'
import type { AuthDeps } from '../deps.ts'
import { releasePhone } from '../people/release-phone.ts'
import { restoreSignIn } from '../people/restore-sign-in.ts'
import { markSignedOut, signOutEverywhere } from '../people/sign-out.ts'
import { holdCredentials, isRegistered } from '../people/store.ts'
import { restoredPhoneColumn } from '../sealed-columns.ts'
import type { CountMeasure } from './metrics.ts'
import {
  approveRow,
  declineRow,
  findMeasure,
  findMeasures,
  insertMeasure,
  setFrozen,
  type MeasureRow,
} from './store.ts'

const defaultLimit = 50
/** What was requested longer ago is requested anew. */
const decideWithinMs = 7 * 24 * 3_600_000
const freshSince = (now: Date) => new Date(now.getTime() - decideWithinMs)

export function measureRoutes(app: App, deps: AuthDeps, counted: CountMeasure): void {
  app.route({ ...contracts.listMeasures, handler: ({ query }) => listMeasures(deps, query) })
  app.route({
    ...contracts.requestMeasure,
    handler: async ({ person, params, body }, reply) =>
      reply.code(201).send(await requestMeasure(deps, person.userId, params.id.toLowerCase(), body)),
  })
  app.route({
    ...contracts.approveMeasure,
    handler: async ({ person, params }) => counted(await approveMeasure(deps, person.userId, params.id)),
  })
  app.route({
    ...contracts.declineMeasure,
    handler: async ({ person, params, body }) =>
      counted(await declineMeasure(deps, person.userId, params.id, body.note)),
  })
}

async function listMeasures(
  deps: Pick<AuthDeps, 'sql' | 'seal'>,
  query: Input<typeof contracts.listMeasures>['querystring'],
): Promise<Output<typeof contracts.listMeasures>> {
  const { userId = null, state = null, before = null, limit = defaultLimit } = query
  const rows = await findMeasures(deps.sql, { userId, state, before, limit: limit + 1 })
  const page = rows.slice(0, limit)
  return {
    measures: page.map((row) => viewOf(deps, row)),
    ...(rows.length > limit ? { next: page.at(-1)!.id } : {}),
  }
}

/** Throws `not-found`, `not-allowed` about oneself, `wrong-state` while the same waits, `id-reused`. */
async function requestMeasure(
  deps: AuthDeps,
  by: string,
  id: string,
  { userId: anyCase, kind, note, phone: restored }: Input<typeof contracts.requestMeasure>['body'],
): Promise<Measure> {
  const userId = anyCase.toLowerCase()
  const phone = restored ?? null
  if (userId === by) throw new Problem('not-allowed', 'nobody decides about themselves')
  if (!(await isRegistered(deps.sql, userId))) throw new Problem('not-found', 'there is no such person')
  if ((kind === 'restore-sign-in') !== (phone !== null))
    throw new Problem('request-invalid', 'to restore a sign-in takes the phone, and nothing else does')
  const phoneSealed = phone === null ? null : deps.seal.seal(phone, restoredPhoneColumn, id)
  const asked = { ...{ id, userId, kind, note, phoneSealed }, requestedBy: by, requestedAt: deps.clock.now() }
  return deps.transaction(async (tx) => {
    const inserted = await insertMeasure(tx, asked, freshSince(asked.requestedAt))
    if (!inserted) return sameMeasure(deps, await findMeasure(tx, id), { ...asked, phone })
    const data = { ...dataOf(inserted, by, note), measure: kind }
    await deps.append(tx, { type: 'auth.measure-requested', stream: id, data })
    return viewOf(deps, inserted)
  })
}

/** For a request that was sent twice. */
function sameMeasure(
  deps: Pick<AuthDeps, 'seal'>,
  found: MeasureRow | undefined,
  asked: Pick<MeasureRow, 'userId' | 'kind' | 'note' | 'requestedBy'> & { phone: string | null },
): Measure {
  if (!found) throw new Problem('wrong-state', 'the same about this person waits for a decision already')
  const names = ['userId', 'kind', 'note', 'requestedBy'] as const
  const isSame = phoneIn(deps, found) === asked.phone && names.every((name) => found[name] === asked[name])
  if (!isSame) throw new Problem('id-reused')
  return viewOf(deps, found)
}

const eventTypes = {
  freeze: 'auth.person-frozen',
  unfreeze: 'auth.person-unfrozen',
  'end-sessions': 'auth.person-signed-out',
  'restore-sign-in': 'auth.sign-in-restored',
} as const satisfies Record<Exclude<MeasureKind, 'release-phone'>, string>

/**
 * payment and account are asked last, before the commit: a freeze of which one of them learns nothing is none, and may
 * be approved again. One of them may have frozen the person by then: an end of the freeze is told to both, even of a
 * person who is not frozen here. Whatever they had authorised before goes on; nothing is authorised after. Throws
 * `not-found`, `not-allowed` for an own request or about oneself, `wrong-state`, `unavailable`.
 */
async function approveMeasure(deps: AuthDeps, by: string, id: string): Promise<Measure> {
  const now = deps.clock.now()
  const { approved, ...ended } = await deps.transaction(async (tx) => {
    const approved = await approveRow(tx, id, { by, now, since: freshSince(now) })
    if (!approved) throw refusalOf(await findMeasure(tx, id), by)
    const { userId, kind, note } = approved
    if (kind === 'release-phone') {
      const released = await releasePhone(deps, tx, userId, { by: 'staff', actorId: by, note })
      return { approved, ...released }
    }
    const isFreeze = kind === 'freeze' || kind === 'unfreeze'
    if (isFreeze) await setFrozen(tx, userId, kind === 'freeze' ? now : null)
    if (kind === 'restore-sign-in') await restoreSignIn(deps, tx, userId, phoneIn(deps, approved)!)
    const ended =
      kind === 'unfreeze'
        ? { sessions: [], grantIds: [] }
        : await signOutEverywhere(deps, tx, userId, 'ended-by-staff', now)
    await deps.append(tx, { type: eventTypes[kind], stream: id, data: dataOf(approved, by, note) })
    if (isFreeze) await freezeInServices(deps, userId, kind === 'freeze')
    return { approved, ...ended }
  })
  await markSignedOut(deps, ended)
  if (approved.kind === 'release-phone') deps.countReleased('staff')
  return viewOf(deps, approved)
}

/** Throws `unavailable` when one of them does not learn of it. */
async function freezeInServices(
  { call }: Pick<AuthDeps, 'call'>,
  userId: string,
  frozen: boolean,
): Promise<void> {
  const asked = { params: { userId }, body: { frozen } }
  await call(contracts.freezeInPayment, asked)
  await call(contracts.freezeInAccount, asked)
}

/**
 * By its maker too. payment and account are told how it is: an approval that failed half-way may have frozen the person
 * in one of them, or freed them. Throws `not-found`, `not-allowed` about oneself, `wrong-state`, `unavailable`.
 */
async function declineMeasure(deps: AuthDeps, by: string, id: string, note: string): Promise<Measure> {
  return deps.transaction(async (tx) => {
    const declined = await declineRow(tx, id, { by, note, now: deps.clock.now() })
    if (!declined) throw refusalOf(await findMeasure(tx, id), by)
    const data = { ...dataOf(declined, by, note), measure: declined.kind }
    await deps.append(tx, { type: 'auth.measure-declined', stream: id, data })
    if (declined.kind === 'freeze' || declined.kind === 'unfreeze') {
      const { isFrozen } = await holdCredentials(tx, declined.userId)
      await freezeInServices(deps, declined.userId, isFrozen)
    }
    return viewOf(deps, declined)
  })
}

function refusalOf(row: MeasureRow | undefined, by: string): Problem {
  if (!row) return new Problem('not-found', 'there is no such measure')
  if (row.state !== 'requested') return new Problem('wrong-state', `it is ${row.state} already`)
  if (row.requestedBy === by) return new Problem('not-allowed', 'somebody else approves it')
  if (row.userId === by) return new Problem('not-allowed', 'nobody decides about themselves')
  return new Problem('wrong-state', 'its time is over, or who requested it is no risk analyst any more')
}

const dataOf = ({ id, userId }: MeasureRow, actorId: string, note: string) => ({
  ...{ measureId: id, userId, actorId, note },
})

const phoneIn = ({ seal }: Pick<AuthDeps, 'seal'>, { id, phoneSealed }: MeasureRow): string | null =>
  phoneSealed === null ? null : seal.open(phoneSealed, restoredPhoneColumn, id)

function viewOf(deps: Pick<AuthDeps, 'seal'>, measure: MeasureRow): Measure {
  const { requestedAt, decidedAt, decidedBy, decisionNote, phoneSealed: _, ...row } = measure
  const phone = phoneIn(deps, measure)
  return {
    ...row,
    requestedAt: requestedAt.toISOString(),
    ...(decidedAt === null ? {} : { decidedAt: decidedAt.toISOString() }),
    ...(decidedBy === null ? {} : { decidedBy }),
    ...(decisionNote === null ? {} : { decisionNote }),
    ...(phone === null ? {} : { phoneEnding: phone.slice(-4) }),
  }
}
