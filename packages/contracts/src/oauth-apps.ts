// Apps of others, for the people who connect them and the operators who register them.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import { StepUp } from './step-up.ts'
import type { Contract } from './contract.ts'
import { Timestamp, Uuid } from './formats.ts'
import { clientScopes } from './permissions.ts'

const strict = { additionalProperties: false } as const

const ClientId = Type.String({ minLength: 1, maxLength: 64, examples: ['client-1'] })
const Scopes = Type.Array(Type.String({ maxLength: 64 }), { maxItems: 32 })
const Uid = Type.String({ minLength: 1, maxLength: 64, examples: ['V1StGXR8_Z5jdHi6B-myT'] })
const App = Type.Object({
  clientId: ClientId,
  name: Type.String(),
  /** Where the browser goes back to: what the person can recognise. */
  host: Type.Optional(Type.String()),
  scopes: Scopes,
})

/** Only the browser that the app sent here can see and answer the request: it has the cookie. */
export const consentRequest = {
  service: 'auth',
  method: 'GET',
  url: '/v1/oauth/authorize/:uid/consent',
  access: { permission: 'apps:connect' },
  forwards: ['cookie'],
  summary: 'What an app asks for, for the consent screen',
  schema: {
    params: Type.Object({ uid: Uid }),
    response: {
      200: Type.Object({
        app: App,
        /** The app wants to be sure that it is the person: they prove it once more. */
        needsStepUp: Type.Boolean(),
      }),
    },
  },
  problems: ['not-found'],
} as const satisfies Contract

export const decideConsent = {
  service: 'auth',
  method: 'POST',
  url: '/v1/oauth/authorize/:uid/consent',
  access: { permission: 'apps:connect', stepUp: { for: 'connect-app', demand: 'when-asked' } },
  forwards: ['cookie'],
  summary: 'Allow an app what it asks for, or deny it',
  schema: {
    params: Type.Object({ uid: Uid }),
    body: Type.Object({ allow: Type.Boolean(), stepUp: Type.Optional(StepUp) }, strict),
    response: { 200: Type.Object({ continueAt: Type.String({ description: 'Open it in the browser.' }) }) },
  },
  problems: ['not-found'],
} as const satisfies Contract

export const listConnectedApps = {
  service: 'auth',
  method: 'GET',
  url: '/v1/oauth/connected-apps',
  access: { permission: 'apps:read' },
  summary: 'The apps that may act for me, and what each may do',
  schema: {
    response: {
      200: Type.Object({
        apps: Type.Array(Type.Object({ ...App.properties, connectedAt: Timestamp }), { maxItems: 100 }),
      }),
    },
  },
} as const satisfies Contract

export const disconnectApp = {
  service: 'auth',
  method: 'DELETE',
  url: '/v1/oauth/connected-apps/:clientId',
  access: { permission: 'apps:connect' },
  summary: 'Take back what I let an app do; its tokens are refused at once',
  schema: { params: Type.Object({ clientId: ClientId }), response: { 204: Type.Null() } },
  problems: ['not-found'],
} as const satisfies Contract

const Uri = Type.String({ maxLength: 512, examples: ['https://app.example/callback'] })
const ClientMetadata = Type.Object(
  {
    client_name: Type.String({
      minLength: 1,
      maxLength: 60,
      pattern: '^[^\\p{Cc}\\p{Cs}]+$',
      examples: ['Khata'],
    }),
    redirect_uris: Type.Array(Uri, { maxItems: 10, examples: [['https://app.example/callback']] }),
    grant_types: Type.Array(Type.String({ maxLength: 64 }), {
      maxItems: 5,
      examples: [['authorization_code', 'refresh_token']],
    }),
    scope: Type.String({
      maxLength: 512,
      description: 'The most that it may ever ask for, with spaces between.',
      examples: ['openid payments:read'],
    }),
    token_endpoint_auth_method: Type.Enum([
      'client_secret_basic',
      'client_secret_post',
      'private_key_jwt',
      'none',
    ]),
    id_token_signed_response_alg: Type.Optional(
      Type.Enum(['EdDSA', 'RS256'], { description: 'EdDSA, unless the app takes nothing but RS256.' }),
    ),
    application_type: Type.Optional(Type.Enum(['web', 'native'])),
    jwks: Type.Optional(
      Type.Object({ keys: Type.Array(Type.Record(Type.String(), Type.Unknown()), { maxItems: 5 }) }),
    ),
    dpop_bound_access_tokens: Type.Optional(Type.Boolean()),
    require_pushed_authorization_requests: Type.Optional(Type.Boolean()),
  },
  strict,
)

/** The operator's access token is the initial access token of RFC 7591. */
export const registerClient = {
  service: 'auth',
  method: 'POST',
  url: '/v1/oauth/clients',
  access: { permission: 'clients:write' },
  summary: 'Register an app of somebody else (RFC 7591); the answer shows its secret, once',
  schema: {
    body: Type.Object(
      {
        ...ClientMetadata.properties,
        owner_id: Type.Optional(
          Type.Unsafe<string>({
            ...Uuid,
            description: 'Whose account it acts for with its own credentials, once they have connected it.',
          }),
        ),
      },
      strict,
    ),
    response: {
      201: Type.Object(
        { client_id: ClientId, client_secret: Type.Optional(Type.String()) },
        { additionalProperties: true },
      ),
    },
  },
  problems: ['not-found'],
} as const satisfies Contract

export const listClients = {
  service: 'auth',
  method: 'GET',
  url: '/v1/oauth/clients',
  access: { permission: 'clients:read' },
  summary: 'The registered apps, the newest first',
  schema: {
    querystring: Type.Object({ before: Type.Optional(Timestamp) }, strict),
    response: {
      200: Type.Object({
        clients: Type.Array(
          Type.Object({
            ...App.properties,
            grantTypes: Type.Array(Type.String()),
            ownerId: Type.Optional(Uuid),
            registeredAt: Timestamp,
            registeredBy: Uuid,
            /** How many people have connected it. */
            connections: Type.Integer(),
          }),
        ),
      }),
    },
  },
} as const satisfies Contract

export const removeClient = {
  service: 'auth',
  method: 'DELETE',
  url: '/v1/oauth/clients/:clientId',
  access: { permission: 'clients:write' },
  summary: 'Remove a registered app and everything that it was granted',
  schema: { params: Type.Object({ clientId: ClientId }), response: { 204: Type.Null() } },
  problems: ['not-found'],
} as const satisfies Contract

/** The most apps of one's own. */
export const maxOwnClients = 10

/** What a merchant calls an app of their own. */
export const ownLabel = {
  maxLength: 20,
  pattern: '^[\\p{L}\\p{N}](?:[\\p{L}\\p{M}\\p{N} .&-]*[\\p{L}\\p{M}\\p{N}.])?$',
} as const

const OwnClient = Type.Object({
  clientId: ClientId,
  /** The merchant's name, and what they call the app. */
  name: Type.String(),
  scopes: Scopes,
  grantTypes: Type.Array(Type.String()),
  registeredAt: Timestamp,
})

export const registerOwnClient = {
  service: 'auth',
  method: 'POST',
  url: '/v1/oauth/own-clients',
  access: { permission: 'own-clients:write', stepUp: { for: 'connect-app', demand: 'always' } },
  summary: 'Register an app for my own account; it is connected at once, and its secret is shown once',
  schema: {
    body: Type.Object(
      {
        label: Type.String({
          minLength: 1,
          ...ownLabel,
          description: 'Follows my own name, where people see the app.',
          examples: ['Counter 1'],
        }),
        scopes: Type.Array(Type.Enum([...clientScopes]), {
          minItems: 1,
          maxItems: clientScopes.length,
          uniqueItems: true,
          examples: [['payments:read', 'requests:create', 'requests:read']],
        }),
        asksForPayments: Type.Boolean({ description: 'By the backchannel (CIBA); takes `requests:create`.' }),
        stepUp: Type.Optional(StepUp),
      },
      strict,
    ),
    response: { 201: Type.Object({ client: OwnClient, clientSecret: Type.String() }) },
  },
  problems: ['wrong-state'],
} as const satisfies Contract

export const listOwnClients = {
  service: 'auth',
  method: 'GET',
  url: '/v1/oauth/own-clients',
  access: { permission: 'own-clients:read' },
  summary: 'The apps that I registered for my own account',
  schema: { response: { 200: Type.Object({ clients: Type.Array(OwnClient, { maxItems: 100 }) }) } },
} as const satisfies Contract

export const renewOwnClientSecret = {
  service: 'auth',
  method: 'POST',
  url: '/v1/oauth/own-clients/:clientId/secret',
  access: { permission: 'own-clients:write', stepUp: { for: 'connect-app', demand: 'always' } },
  summary: 'Give an app of my own another secret, shown once; the one before it is worth nothing at once',
  schema: {
    params: Type.Object({ clientId: ClientId }),
    body: Type.Object({ stepUp: Type.Optional(StepUp) }, strict),
    response: { 200: Type.Object({ clientSecret: Type.String() }) },
  },
  problems: ['not-found'],
} as const satisfies Contract

export const removeOwnClient = {
  service: 'auth',
  method: 'DELETE',
  url: '/v1/oauth/own-clients/:clientId',
  access: { permission: 'own-clients:write' },
  summary: 'Remove an app of my own: its secret and its tokens are worth nothing at once',
  schema: { params: Type.Object({ clientId: ClientId }), response: { 204: Type.Null() } },
  problems: ['not-found'],
} as const satisfies Contract

export type OwnClient = Static<typeof OwnClient>
