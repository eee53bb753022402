// Which events are acts, and which of their fields say who acted and what it was about.
import type { EventType } from '@bahi/contracts/events.ts'
import { isUuid } from '@bahi/contracts/id.ts'

/** `isStaffs`: an act only where somebody acted on it for us; otherwise it is a person's own. */
type Fields = { actor: string; object?: string; isStaffs?: true }

const ofPerson: Fields = { actor: 'actorId', object: 'userId' }
const ofRoute: Fields = { actor: 'actorId', object: 'object' }
const ofReviewer: Fields = { actor: 'reviewerId', object: 'userId' }
const ofDeadLetter: Fields = { actor: 'operatorId', object: 'deadLetterId' }

const acts: { [T in EventType]?: Fields } = {
  'audit.staff-acted': ofRoute,
  'audit.staff-failed': ofRoute,
  'audit.access-denied': ofRoute,
  'audit.dead-letter-replayed': ofDeadLetter,
  'audit.dead-letter-dropped': ofDeadLetter,
  'auth.login-failed': { actor: 'userId' },
  'auth.login-locked': { actor: 'userId' },
  'auth.second-factor-enrolled': { actor: 'userId' },
  'auth.second-factor-proven': { actor: 'userId' },
  'auth.second-factor-failed': { actor: 'userId' },
  'auth.second-factor-locked': { actor: 'userId' },
  'auth.recovery-code-used': { actor: 'userId' },
  'auth.recovery-codes-renewed': { actor: 'userId' },
  'auth.second-factor-reset-requested': ofPerson,
  'auth.second-factor-reset-declined': ofPerson,
  'auth.second-factor-reset': ofPerson,
  'auth.role-requested': ofPerson,
  'auth.role-granted': ofPerson,
  'auth.role-declined': ofPerson,
  'auth.role-ended': ofPerson,
  'auth.measure-requested': ofPerson,
  'auth.measure-declined': ofPerson,
  'auth.person-frozen': ofPerson,
  'auth.person-unfrozen': ofPerson,
  'auth.person-signed-out': ofPerson,
  'auth.sign-in-restored': ofPerson,
  'auth.revoked-numbers-uploaded': { actor: 'actorId', object: 'listId', isStaffs: true },
  'auth.client-registered': { actor: 'operatorId', object: 'clientId' },
  'auth.client-secret-renewed': { actor: 'operatorId', object: 'clientId' },
  'auth.client-removed': { actor: 'operatorId', object: 'clientId' },
  'user.person-revealed': ofPerson,
  'user.people-searched': { actor: 'actorId' },
  'user.kyc-claimed': ofReviewer,
  'user.kyc-released': ofReviewer,
  'user.kyc-viewed': ofReviewer,
  'user.kyc-decided': ofReviewer,
  'user.kyc-reopened': ofReviewer,
  'account.vpa-released': { actor: 'operatorId', object: 'vpa', isStaffs: true },
  'payment.stop-set': { actor: 'actorId', object: 'stopId' },
  'payment.stop-ended': { actor: 'actorId', object: 'stopId' },
  'payment.difference-closed': { actor: 'closedBy', object: 'differenceId' },
  'payment.month-archived': { actor: 'actorId', object: 'month' },
  'payment.revealed': { actor: 'actorId', object: 'paymentId' },
  'payment.statement-made': { actor: 'userId', object: 'statementId' },
}
const byType = new Map<string, Fields>(Object.entries(acts))

export type ActRow = { kind: string; actor: string | null; object: string | null }

/** As it is searched by: ids and UPI IDs are the same in any case, and no case hides what somebody did. */
export const normaliseObject = (object: string): string => object.toLowerCase()

/** Undefined for an event that is no act, such as a payment. */
export function actOf(type: string, data: Record<string, unknown>): ActRow | undefined {
  const fields = byType.get(type)
  if (!fields) return undefined
  const found = new Map(Object.entries(data))
  const text = (name = ''): string | null => {
    const value = found.get(name)
    return typeof value === 'string' ? value : null
  }
  if (fields.isStaffs && text(fields.actor) === null) return undefined
  const [actor, object] = [text(fields.actor), text(fields.object)]
  return {
    kind: type,
    actor: actor && isUuid(actor) ? actor : null,
    object: object === null ? null : normaliseObject(object).slice(0, 200),
  }
}
