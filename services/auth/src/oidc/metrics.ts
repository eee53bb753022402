// How often apps get tokens, by what grant, and what they are refused for.
import type { Metrics } from '@bahi/kit/metrics.ts'
import type Provider from 'oidc-provider'

const endpoints = {
  'grant.error': 'token',
  'authorization.error': 'authorize',
  'pushed_authorization_request.error': 'par',
  'backchannel_authentication.error': 'ciba',
  'introspection.error': 'introspect',
  'revocation.error': 'revoke',
  'userinfo.error': 'userinfo',
} as const

/** No refusal: the app polls for an answer of a person. */
const waiting = 'authorization_pending'

/** Counts for each provider that it is given. */
export function createOauthCounter(metrics: Metrics): (provider: Provider) => void {
  const tokens = metrics.counter('bahi_oauth_tokens_total', 'Answers with tokens to apps, by the grant.', [
    'grant',
  ])
  const refusals = metrics.counter(
    'bahi_oauth_refusals_total',
    'What apps were refused, by the endpoint and the error of OAuth.',
    ['endpoint', 'error'],
  )
  // There from the start: the rate of a series that begins at 100 is nothing.
  tokens.inc({ grant: 'authorization_code' }, 0)
  refusals.inc({ endpoint: 'token', error: 'invalid_grant' }, 0)
  return (provider) => {
    provider.on('grant.success', ({ oidc }) =>
      tokens.inc({ grant: String(oidc.params?.['grant_type']).split(':').at(-1)! }),
    )
    for (const [event, endpoint] of Object.entries(endpoints))
      provider.on(event as 'grant.error', (_ctx, { error }) => {
        if (error !== waiting) refusals.inc({ endpoint, error })
      })
  }
}
