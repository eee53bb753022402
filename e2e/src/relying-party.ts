// An app of somebody else, by a library that knows nothing of ours.
import type { Input } from '@bahi/contracts/call.ts'
import type { registerClient } from '@bahi/contracts/oauth-apps.ts'
import * as client from 'openid-client'

export const callback = 'https://app.example/callback'

type Metadata = Input<typeof registerClient>['body']

/** @param token of an operator; returns the app as its own library sees it, which knows only where the platform is */
export async function registerApp(
  { url, token }: { url: string; token: string },
  more: Partial<Metadata> = {},
  auth?: client.ClientAuth,
): Promise<client.Configuration> {
  const metadata: Metadata = {
    client_name: 'Khata',
    redirect_uris: [callback],
    grant_types: ['authorization_code', 'refresh_token'],
    scope: 'openid profile phone offline_access payments:read accounts:read',
    token_endpoint_auth_method: 'client_secret_basic',
    ...more,
  }
  return client.dynamicClientRegistration(new URL(url), metadata as object, auth, {
    initialAccessToken: token,
    execute: [client.allowInsecureRequests],
  })
}

type Begun = { url: URL; checks: client.AuthorizationCodeGrantChecks }
/** What the app sends a person to, and what it has to remember until they come back. */
export async function begin(config: client.Configuration, more: Record<string, string> = {}): Promise<Begun> {
  const verifier = client.randomPKCECodeVerifier()
  const state = client.randomState()
  const nonce = client.randomNonce()
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: callback,
    scope: 'openid profile payments:read',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...more,
  })
  return { url, checks: { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce } }
}

/** What the answer says is wrong, or `taken`. */
export async function outcome(attempt: Promise<unknown>): Promise<unknown> {
  try {
    await attempt
    return 'taken'
  } catch (error) {
    const { error: code, cause } = error as { error?: string; cause?: { error?: string } }
    return code ?? cause?.error ?? String(error)
  }
}

/** The header by which an app proves who it is. */
export function basic(config: client.Configuration): { authorization: string } {
  const { client_id: id, client_secret: secret } = config.clientMetadata()
  return { authorization: `Basic ${Buffer.from(`${id}:${String(secret)}`).toString('base64')}` }
}

export const errorOf = async (response: Response): Promise<string | undefined> =>
  ((await response.json()) as { error?: string }).error
