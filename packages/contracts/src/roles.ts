// The routes of granted roles, staff's and merchants': one administrator requests, another approves, a date ends them.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import { StepUp } from './step-up.ts'
import type { Contract } from './contract.ts'
import { Note, Phone, Timestamp, Uuid, UuidV7 } from './formats.ts'
import { grantedRoles, roles } from './permissions.ts'
import { authMethods } from './second-factor-rules.ts'

const strict = { additionalProperties: false } as const

const GrantedRole = Type.Enum(grantedRoles)
/** On record. */
const Why = Type.String({ ...Note, minLength: 3, maxLength: 300, examples: ['Joins the support team'] })

export const grantStates = ['requested', 'active', 'declined', 'ended'] as const
const GrantState = Type.Enum([...grantStates], {
  description: 'A request that nobody decides on is declined after a week.',
})

/** How a grant came to be: two administrators, the command that appoints administrators, or a sandbox's seed. */
export const GrantOrigin = Type.Enum(['administrators', 'command', 'sandbox'])

export const RoleGrant = Type.Object({
  id: Uuid,
  userId: Uuid,
  role: GrantedRole,
  state: GrantState,
  origin: GrantOrigin,
  note: Type.String(),
  endsAt: Timestamp,
  requestedAt: Timestamp,
  requestedBy: Type.Optional(Uuid),
  decidedAt: Type.Optional(Timestamp),
  decidedBy: Type.Optional(Uuid),
  endedAt: Type.Optional(Timestamp),
  endedBy: Type.Optional(Uuid),
  endNote: Type.Optional(Type.String()),
})
export type RoleGrant = Static<typeof RoleGrant>

const grantParams = Type.Object({ id: Uuid })

export const listRoleGrants = {
  service: 'auth',
  method: 'GET',
  url: '/v1/operations/role-grants',
  access: { permission: 'roles:read' },
  summary: 'Grants of roles, newest first, filtered',
  schema: {
    querystring: Type.Object(
      {
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
        before: Type.Optional(Type.String({ ...Uuid, description: '`next` of the page before' })),
        userId: Type.Optional(Uuid),
        role: Type.Optional(GrantedRole),
        state: Type.Optional(GrantState),
      },
      strict,
    ),
    response: { 200: Type.Object({ grants: Type.Array(RoleGrant), next: Type.Optional(Uuid) }) },
  },
} as const satisfies Contract

export const requestRoleGrant = {
  service: 'auth',
  method: 'PUT',
  url: '/v1/operations/role-grants/:id',
  access: { permission: 'roles:change', stepUp: { for: 'change-roles', demand: 'always' } },
  summary: 'Request that a person gets a role; another administrator approves it',
  schema: {
    params: Type.Object({ id: UuidV7 }),
    body: Type.Object(
      {
        phone: Phone,
        role: GrantedRole,
        note: Why,
        days: Type.Integer({ minimum: 1, maximum: 3_650, examples: [90] }),
        stepUp: Type.Optional(StepUp),
      },
      strict,
    ),
    response: { 201: RoleGrant },
  },
  problems: ['not-found', 'not-allowed', 'wrong-state', 'id-reused'],
} as const satisfies Contract

export const approveRoleGrant = {
  service: 'auth',
  method: 'POST',
  url: '/v1/operations/role-grants/:id/approve',
  access: { permission: 'roles:change', stepUp: { for: 'change-roles', demand: 'always' } },
  summary: 'Approve a grant that another administrator requested: it is in effect at once',
  schema: {
    params: grantParams,
    body: Type.Object({ stepUp: Type.Optional(StepUp) }, strict),
    response: { 200: RoleGrant },
  },
  problems: ['not-found', 'not-allowed', 'wrong-state'],
} as const satisfies Contract

const reasonBody = Type.Object({ note: Why }, strict)

export const declineRoleGrant = {
  service: 'auth',
  method: 'POST',
  url: '/v1/operations/role-grants/:id/decline',
  access: { permission: 'roles:change' },
  summary: 'Decline a grant that was requested, or take back an own request',
  schema: { params: grantParams, body: reasonBody, response: { 200: RoleGrant } },
  problems: ['not-found', 'wrong-state'],
} as const satisfies Contract

export const revokeRoleGrant = {
  service: 'auth',
  method: 'POST',
  url: '/v1/operations/role-grants/:id/revoke',
  access: { permission: 'roles:change' },
  summary: 'End a grant at once: its person is signed out everywhere. One administrator is enough',
  schema: { params: grantParams, body: reasonBody, response: { 200: RoleGrant } },
  problems: ['not-found', 'wrong-state'],
} as const satisfies Contract

/** Asked for each request that takes a granted role, so that a role that ended allows nothing. */
export const rolesOfSession = {
  service: 'auth',
  method: 'GET',
  url: '/internal/auth/sessions/:id/roles',
  access: { services: ['gateway'] },
  summary: 'The roles that the person of an open session has now, and how the session was authenticated',
  schema: {
    params: Type.Object({ id: Uuid }),
    response: {
      200: Type.Object({
        roles: Type.Array(Type.Enum(roles)),
        amr: Type.Optional(Type.Array(Type.Enum([...authMethods]))),
      }),
    },
  },
  problems: ['not-found'],
} as const satisfies Contract

/** How a sandbox gets its staff; elsewhere administrators grant roles, and `npm run admin` appoints the first two. */
export const grantRole = {
  service: 'auth',
  method: 'PUT',
  url: '/internal/auth/people/:userId/role',
  access: { services: ['sandbox'] },
  summary: 'Grant a person a role, and enrol an authenticator app of that secret; only in a sandbox',
  schema: {
    params: Type.Object({ userId: Uuid }),
    body: Type.Object(
      { role: GrantedRole, totpSecret: Type.Optional(Type.String({ pattern: '^[A-Z2-7]{16,64}$' })) },
      strict,
    ),
    response: { 200: Type.Object({ userId: Uuid, role: GrantedRole }) },
  },
  problems: ['not-found'],
} as const satisfies Contract
