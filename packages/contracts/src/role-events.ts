// The events of auth about staff roles; the stream is the grant's.
import * as Type from 'typebox'
import { Timestamp, Uuid } from './formats.ts'
import { GrantOrigin } from './roles.ts'

/** `makerId` of its events: who requested it. */
const RoleGrantOf = { grantId: Uuid, userId: Uuid, role: Type.String() }

export const roleEvents = {
  'auth.role-requested': Type.Object({
    ...RoleGrantOf,
    actorId: Uuid,
    note: Type.String(),
    endsAt: Timestamp,
  }),
  /** In effect from now on. Without an actor a command or a sandbox granted it, as `origin` says. */
  'auth.role-granted': Type.Object({
    ...RoleGrantOf,
    actorId: Type.Optional(Uuid),
    makerId: Type.Optional(Uuid),
    origin: GrantOrigin,
    endsAt: Timestamp,
  }),
  /** Without an actor nobody decided in time. */
  'auth.role-declined': Type.Object({
    ...RoleGrantOf,
    actorId: Type.Optional(Uuid),
    makerId: Type.Optional(Uuid),
    note: Type.String(),
  }),
  /** Without an actor its date has come. `renewed`: another grant of the same role takes its place. */
  'auth.role-ended': Type.Object({
    ...RoleGrantOf,
    actorId: Type.Optional(Uuid),
    note: Type.String(),
    renewed: Type.Boolean(),
  }),
} as const
