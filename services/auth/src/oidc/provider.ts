// The OpenID provider: a certified library, on our database, our signing keys, our permissions and our consent screen.
import { apiResource, identityScopes } from '@bahi/contracts/oauth.ts'
import { clientScopes } from '@bahi/contracts/permissions.ts'
import { registerClient } from '@bahi/contracts/oauth-apps.ts'
import { profilesOf } from '@bahi/contracts/user.ts'
import Provider, {
  errors,
  interactionPolicy,
  type Account,
  type Client,
  type Configuration,
  type KoaContextWithOIDC,
} from 'oidc-provider'
import type { AuthDeps } from '../deps.ts'
import { personById } from '../people/store.ts'
import { phoneColumn } from '../sealed-columns.ts'
import { accessTokenLifeS, refreshTokenLifeMs } from '../sessions/lifetimes.ts'
import { createAdapter } from './adapter.ts'
import { connectedScopes, grantOfOwner } from './grants.ts'
import { askLifeS, nobody, paymentFeatures } from './payments-asked.ts'
import { createOauthCounter } from './metrics.ts'
import type { StoredGrant } from './store.ts'
import { secretHash } from './secret-hash.ts'
import { openSessionSince } from '../sessions/store.ts'

/** A person decides within this time. */
const interactionLifeS = 10 * 60
const codeLifeS = 60
const idTokenLifeS = 10 * 60
/** After this time the person is asked again. */
const grantLifeS = 365 * 86_400
/** Of a payment that was asked for and paid: the app collects its token, which lives as long as any. */
const paidGrantLifeS = 2 * 3_600
const browserSessionLifeS = 30 * 86_400

export const resumeCookie = 'bahi_oauth_resume'

export type Providers = {
  /** The provider with the keys that sign by now. */
  current(): Promise<Provider>
}

/** A new instance whenever the signing keys have changed: the library takes them once, and keeps all else with us. */
export function createProviders(deps: AuthDeps): Providers {
  let made: { kids: string; provider: Provider } | undefined
  const count = createOauthCounter(deps.metrics)
  return {
    async current() {
      const keys = [...(await deps.keys.signers()), ...(await deps.idTokenKeys.signers())]
      const kids = keys.map(({ kid }) => kid).join(' ')
      if (made?.kids !== kids) {
        made = { kids, provider: newProvider(deps, keys) }
        count(made.provider)
      }
      return made.provider
    },
  }
}

function newProvider(deps: AuthDeps, keys: Awaited<ReturnType<AuthDeps['keys']['signers']>>): Provider {
  const provider = new Provider(deps.config.BAHI_ISSUER, {
    ...configuration(deps),
    adapter: (kind) => createAdapter(deps, kind),
    jwks: { keys: keys as never },
  })
  // Only behind the gateway, which is served at the issuer.
  provider.proxy = true
  provider.Client.prototype.compareClientSecret = function (this: Client, secret: string) {
    return Promise.resolve(this.clientSecret === secretHash(secret))
  }
  provider.on('server_error', (_ctx, error) =>
    deps.log.error({ err: error }, 'the OpenID provider failed by an internal error'),
  )
  return provider
}

function configuration(deps: AuthDeps): Configuration {
  const api = apiResource(deps.config.BAHI_ISSUER)
  const ofOwner = grantsOfOwners(deps)
  return {
    routes: {
      authorization: '/v1/oauth/authorize',
      backchannel_authentication: '/v1/oauth/ciba',
      introspection: '/v1/oauth/introspect',
      jwks: '/v1/oauth/jwks',
      pushed_authorization_request: '/v1/oauth/par',
      revocation: '/v1/oauth/revoke',
      token: '/v1/oauth/token',
      userinfo: '/v1/oauth/userinfo',
    },
    cookies: {
      names: {
        session: 'bahi_oauth_session',
        interaction: 'bahi_oauth_interaction',
        resume: resumeCookie,
      },
      long: { httpOnly: true, sameSite: 'lax', path: '/v1/oauth' },
      short: { httpOnly: true, sameSite: 'lax' },
    },
    scopes: [...identityScopes, ...clientScopes],
    claims: { openid: ['sub'], profile: ['name'], phone: ['phone_number', 'phone_number_verified'] },
    responseTypes: ['code'],
    subjectTypes: ['public'],
    pkce: { required: () => true },
    allowOmittingSingleRegisteredRedirectUri: false,
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    // As the gateway takes proofs.
    enabledJWA: {
      dPoPSigningAlgValues: ['ES256'],
      idTokenSigningAlgValues: ['EdDSA', 'RS256'],
      // Of FAPI 2.0.
      clientAuthSigningAlgValues: ['PS256', 'ES256', 'Ed25519', 'EdDSA'],
    },
    // For this issuer and nothing else (FAPI 2.0): one made for several servers could be used here by another of them.
    assertJwtClientAuthClaimsAndHeader: async ({ oidc }, { aud }) => {
      if (aud !== oidc.issuer) throw new errors.InvalidClientAuth('its audience (aud) must be the issuer')
    },
    clientDefaults: { id_token_signed_response_alg: 'EdDSA' },
    discovery: { registration_endpoint: `${deps.config.BAHI_ISSUER}${registerClient.url}` },
    extraClientMetadata: { properties: ['owner'] },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: isOwnToken },
      revocation: { enabled: true, allowedPolicy: isOwnToken },
      pushedAuthorizationRequests: { enabled: true },
      dPoP: { enabled: true },
      ...paymentFeatures(deps),
      resourceIndicators: {
        enabled: true,
        defaultResource: (ctx) => {
          const scopes = new Set(String(ctx.oidc.params?.['scope'] ?? '').split(' '))
          // The token of a payment is for the API, and allows nothing there.
          const isPayment = ctx.oidc.params?.['authorization_details'] !== undefined
          return isPayment || clientScopes.some((scope) => scopes.has(scope)) ? api : []
        },
        useGrantedResource: () => true,
        getResourceServerInfo: async (ctx, resource, client) => {
          if (resource !== api) throw new errors.InvalidTarget()
          const isForItself = ctx.oidc.params?.['grant_type'] === 'client_credentials'
          const allowed = new Set(
            isForItself
              ? connectedScopes((await ofOwner(ctx, client)).payload)
              : (client.scope ?? '').split(' '),
          )
          return {
            scope: clientScopes.filter((scope) => allowed.has(scope)).join(' '),
            audience: 'bahi',
            accessTokenTTL: accessTokenLifeS,
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg: 'EdDSA' } },
          }
        },
      },
    },
    rotateRefreshToken: true,
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    extraTokenClaims: async (ctx, token) =>
      token.kind === 'ClientCredentials'
        ? { gid: (await ofOwner(ctx, token.client!)).grantId, owner: token.client!['owner'] }
        : { gid: (token as { grantId?: string }).grantId },
    ttl: {
      AccessToken: accessTokenLifeS,
      AuthorizationCode: codeLifeS,
      BackchannelAuthenticationRequest: ({ oidc }) => askLifeS(oidc.params?.['requested_expiry']),
      ClientCredentials: accessTokenLifeS,
      Grant: (_ctx, { rar }) => (rar ? paidGrantLifeS : grantLifeS),
      IdToken: idTokenLifeS,
      Interaction: interactionLifeS,
      RefreshToken: refreshTokenLifeMs / 1000,
      Session: browserSessionLifeS,
    },
    interactions: { url: (_ctx, { uid }) => `/connect/${uid}`, policy: policyOf(deps) },
    findAccount: (_ctx, userId) => accountOf(deps, userId),
    renderError,
  }
}

/** Asked once a request: what a token allows and the grant that it names are of one moment. */
function grantsOfOwners(deps: AuthDeps): (ctx: object, client: Client) => Promise<StoredGrant> {
  const asked = new WeakMap<object, Promise<StoredGrant>>()
  return (ctx, client) => {
    const grant = asked.get(ctx) ?? grantOfOwner(deps, client)
    asked.set(ctx, grant)
    return grant
  }
}

/** The app's own session is the sign-in: once it has ended, a browser that was connected through it asks again. */
function policyOf(deps: AuthDeps): interactionPolicy.DefaultPolicy {
  const policy = interactionPolicy.base()
  const check = new interactionPolicy.Check(
    'app_session',
    'the session of the app has ended',
    'login_required',
    async ({ oidc }) => {
      const session = oidc.session!
      const signedIn = oidc.result?.login?.['appSession']
      if (signedIn !== undefined) {
        session.state = { appSession: signedIn }
        return interactionPolicy.Check.NO_NEED_TO_PROMPT
      }
      const sessionId = session.state?.['appSession']
      if (typeof sessionId !== 'string' || session.accountId === undefined)
        return interactionPolicy.Check.REQUEST_PROMPT
      const since = await openSessionSince(
        deps.sql,
        { sessionId, userId: session.accountId },
        deps.clock.now(),
      )
      return since === undefined
        ? interactionPolicy.Check.REQUEST_PROMPT
        : interactionPolicy.Check.NO_NEED_TO_PROMPT
    },
  )
  policy.get('login')!.checks.add(check)
  return policy
}

async function accountOf(deps: AuthDeps, userId: string): Promise<Account | undefined> {
  if (userId === nobody) return { accountId: nobody, claims: () => ({ sub: nobody }) }
  const person = await personById(deps.sql, userId)
  if (!person) return undefined
  return {
    accountId: userId,
    async claims(_use, scope) {
      const scopes = new Set(scope.split(' '))
      const named = scopes.has('profile')
        ? (await deps.call(profilesOf, { body: { userIds: [userId] } })).profiles[0]
        : undefined
      const phone = deps.seal.open(person.phoneSealed, phoneColumn, userId)
      return {
        sub: userId,
        ...(named ? { name: named.name } : {}),
        ...(scopes.has('phone') ? { phone_number: phone, phone_number_verified: true } : {}),
      }
    },
  }
}

const isOwnToken = (_ctx: unknown, client: Client, token: { clientId?: string | undefined }): boolean =>
  token.clientId === client.clientId

/** What the app must not be told, such as a wrong address to go back to: a screen tells the person. */
function renderError(ctx: KoaContextWithOIDC, out: { error: string; error_description?: string }): void {
  if (ctx.accepts('json', 'html') !== 'html') {
    ctx.body = out
    return
  }
  ctx.status = 303
  ctx.redirect(`/connect/refused?error=${encodeURIComponent(out.error)}`)
}
