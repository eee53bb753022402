// The protocol of OAuth 2.0 and OpenID Connect: what apps of others send, as their RFCs name it.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import type { Contract } from './contract.ts'
import { AmountPaise, Note, Vpa } from './formats.ts'

/** Scopes of OpenID Connect: who the person is. */
export const identityScopes = ['openid', 'profile', 'phone', 'offline_access'] as const

/** The resource (RFC 8707) that access tokens with permissions are for, by the issuer. */
export const apiResource = (issuer: string): string => `${issuer}/v1`

/** Client-initiated backchannel authentication: the app asks us, and the person answers on their own phone. */
export const cibaGrant = 'urn:openid:params:grant-type:ciba'

/** The type of `authorization_details` (RFC 9396) by which an app asks for a payment to its owner. */
export const UpiPayment = Type.Object(
  {
    type: Type.Literal('upi_payment'),
    payee_vpa: Vpa,
    amount_paise: AmountPaise,
    note: Type.Optional(Note),
    reference: Type.Optional(Note),
  },
  { additionalProperties: false },
)

/** Of one parameter; a parameter that is sent twice is a list, and refused. */
const parameter = (description: string, example: string) =>
  Type.Optional(Type.String({ maxLength: 8_192, description, examples: [example] }))
const clientId = parameter('Of the registered client', 'client-1')
const clientSecret = parameter('Or HTTP Basic, or a signed `client_assertion`', 'its secret')

/** RFC 6749 §5.2 */
const OAuthError = Type.Object(
  { error: Type.String(), error_description: Type.Optional(Type.String()) },
  { additionalProperties: true },
)
const atLeastOne = { minProperties: 1 } as const
const Answer = Type.Record(Type.String(), Type.Unknown())
const refusals = { 400: OAuthError, 401: OAuthError } as const

const authorizationParameters = {
  client_id: clientId,
  response_type: parameter('`code`', 'code'),
  redirect_uri: parameter('One that is registered, letter by letter', 'https://app.example/callback'),
  scope: parameter('Who the person is, and permissions, with spaces between them', 'openid payments:read'),
  state: parameter('Comes back unchanged', 'af0ifjsldkj'),
  code_challenge: parameter(
    'SHA-256 of the verifier (RFC 7636); required',
    'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  ),
  code_challenge_method: parameter('`S256`', 'S256'),
  nonce: parameter('Comes back in the ID token', 'n-0S6_WzA2Mj'),
}

export const openidConfiguration = {
  service: 'auth',
  method: 'GET',
  url: '/.well-known/openid-configuration',
  access: 'public',
  summary: 'What this OpenID provider offers, and where (discovery)',
  schema: { response: { 200: Answer } },
} as const satisfies Contract

export const authorizationServer = {
  service: 'auth',
  method: 'GET',
  url: '/.well-known/oauth-authorization-server',
  access: 'public',
  summary: 'The same by RFC 8414',
  schema: { response: { 200: Answer } },
} as const satisfies Contract

export const authorize = {
  service: 'auth',
  method: 'GET',
  url: '/v1/oauth/authorize',
  access: 'public',
  forwards: ['cookie'],
  summary: 'Where an app sends a person to ask for access: leads to the consent screen, and back with a code',
  schema: {
    querystring: Type.Object(authorizationParameters),
    response: { 303: Type.Null(), ...refusals },
  },
} as const satisfies Contract

export const authorizeByForm = {
  service: 'auth',
  method: 'POST',
  url: '/v1/oauth/authorize',
  access: 'public',
  form: true,
  summary: 'The same with the parameters in a form: answers with the link that has them',
  schema: {
    body: Type.Object(authorizationParameters, atLeastOne),
    response: { 303: Type.Null(), ...refusals },
  },
} as const satisfies Contract

export const resumeAuthorization = {
  service: 'auth',
  method: 'GET',
  url: '/v1/oauth/authorize/:uid',
  access: 'public',
  forwards: ['cookie'],
  summary: 'Where the consent screen sends the browser once the person has decided',
  schema: {
    params: Type.Object({ uid: Type.String({ maxLength: 64 }) }),
    response: { 303: Type.Null(), ...refusals },
  },
} as const satisfies Contract

export const pushAuthorization = {
  service: 'auth',
  method: 'POST',
  url: '/v1/oauth/par',
  access: 'public',
  form: true,
  forwards: ['authorization', 'dpop'],
  summary: 'Push an authorization request (RFC 9126); the answer names it for a minute',
  schema: {
    body: Type.Object({ ...authorizationParameters, client_secret: clientSecret }, atLeastOne),
    response: { 201: Answer, ...refusals },
  },
} as const satisfies Contract

const upiPayment = {
  ...{ type: 'upi_payment', payee_vpa: 'shop@bahi', amount_paise: 25_000 },
  reference: 'Order 7',
} satisfies Static<typeof UpiPayment>

export const askForPayment = {
  service: 'auth',
  method: 'POST',
  url: '/v1/oauth/ciba',
  access: 'public',
  form: true,
  forwards: ['authorization', 'dpop'],
  summary:
    'Ask a person for a payment (CIBA): they answer in their own app, and the token endpoint tells what',
  schema: {
    body: Type.Object(
      {
        client_id: clientId,
        client_secret: clientSecret,
        scope: parameter('`openid`, and nothing else', 'openid'),
        login_hint: parameter('The UPI ID or the mobile number of the person', 'asha@bahi'),
        authorization_details: parameter('One `upi_payment` (RFC 9396)', JSON.stringify([upiPayment])),
        requested_expiry: parameter('Seconds that the person has for an answer, 60 to 3,600', '600'),
      },
      atLeastOne,
    ),
    response: { 200: Answer, ...refusals },
  },
} as const satisfies Contract

export const issueTokens = {
  service: 'auth',
  method: 'POST',
  url: '/v1/oauth/token',
  access: 'public',
  form: true,
  forwards: ['authorization', 'dpop'],
  summary: 'Exchange a code or a refresh token, or the client’s own credentials, for tokens',
  schema: {
    body: Type.Object(
      {
        grant_type: parameter(
          `\`authorization_code\`, \`refresh_token\`, \`client_credentials\` or \`${cibaGrant}\``,
          'authorization_code',
        ),
        client_id: clientId,
        client_secret: clientSecret,
        code: parameter('From the redirect; works once, for a minute', 'SplxlOBeZQQYbYS6WxSbIA'),
        code_verifier: parameter(
          'What the challenge was made of',
          'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
        ),
        redirect_uri: parameter('As in the request', 'https://app.example/callback'),
        auth_req_id: Type.Optional(
          Type.String({ maxLength: 128, description: 'What asking for a payment gave' }),
        ),
      },
      atLeastOne,
    ),
    response: { 200: Answer, ...refusals },
  },
} as const satisfies Contract

const tokenOfClient = Type.Object(
  {
    token: parameter('A refresh token, or an access token that is no JWT', '45ghiukldjahdnhzdauz'),
    client_id: clientId,
    client_secret: clientSecret,
  },
  atLeastOne,
)

export const introspectToken = {
  service: 'auth',
  method: 'POST',
  url: '/v1/oauth/introspect',
  access: 'public',
  form: true,
  forwards: ['authorization', 'dpop'],
  summary: 'Whether a token of this client is valid, and for what (RFC 7662)',
  schema: { body: tokenOfClient, response: { 200: Answer, ...refusals } },
} as const satisfies Contract

export const revokeToken = {
  service: 'auth',
  method: 'POST',
  url: '/v1/oauth/revoke',
  access: 'public',
  form: true,
  forwards: ['authorization', 'dpop'],
  summary: 'Revoke a token of this client (RFC 7009), and with a refresh token the whole connection',
  schema: { body: tokenOfClient, response: { 200: Type.Unsafe<null>(Type.Null()), ...refusals } },
} as const satisfies Contract

export const userinfo = {
  service: 'auth',
  method: 'GET',
  url: '/v1/oauth/userinfo',
  access: 'public',
  forwards: ['authorization', 'dpop'],
  summary: 'Who the person is, as far as they agreed to it: for an access token without permissions',
  schema: { response: { 200: Answer, ...refusals } },
} as const satisfies Contract

export const userinfoByForm = {
  service: 'auth',
  method: 'POST',
  url: '/v1/oauth/userinfo',
  access: 'public',
  form: true,
  forwards: ['authorization', 'dpop'],
  summary: 'The same by POST, with the access token in the header or in the form',
  schema: {
    body: Type.Optional(
      Type.Object({ access_token: parameter('Unless it is in the header', '45ghiukldjahdnhzdauz') }),
    ),
    response: { 200: Answer, ...refusals },
  },
} as const satisfies Contract
