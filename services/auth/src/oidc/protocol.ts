// Serves the routes of the protocol: each request is given to the library, and its answer passed on.
import { pathOf } from '@bahi/contracts/call.ts'
import type { Contract } from '@bahi/contracts/contract.ts'
import * as oauth from '@bahi/contracts/oauth.ts'
import type { App, FastifyReply, FastifyRequest } from '@bahi/kit/http/http.ts'
import { inject } from 'light-my-request'
import { parse } from 'node:querystring'
import type { AuthDeps } from '../deps.ts'
import { settleAsked } from './payments-asked.ts'
import type { Providers } from './provider.ts'

const routes = Object.values(oauth as Record<string, unknown>).filter(
  (value): value is Contract => typeof value === 'object' && value !== null && 'method' in value,
)
const passedOn = ['accept', 'authorization', 'cookie', 'dpop'] as const
/** Of the parameters of a request in an address: servers take headers of 16 KiB. */
const maxLinkLength = 8_192
const answered = [
  'cache-control',
  'content-type',
  'dpop-nonce',
  'location',
  'set-cookie',
  'www-authenticate',
] as const

/** Forms are read here, and nowhere else. */
export function registerProtocol(app: App, deps: AuthDeps, providers: Providers): void {
  void app.register((scope: App, _options, done) => {
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string' },
      (_request, body, parsed) => parsed(null, parse(body as string)),
    )
    for (const contract of routes) {
      scope.route({
        ...contract,
        handler: (request: FastifyRequest, reply: FastifyReply) =>
          serve(deps, providers, contract, request, reply),
      })
    }
    done()
  })
}

async function serve(
  deps: AuthDeps,
  providers: Providers,
  contract: Contract,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { params, query, body } = request as { params: Fields; query: Fields; body: Fields | undefined }
  const form = body && new URLSearchParams(body as Record<string, string>).toString()
  if (contract === oauth.authorizeByForm) return asLink(reply, form ?? '')
  const provider = await providers.current()
  const issuer = new URL(deps.config.BAHI_ISSUER)
  const headers: Record<string, string> = {
    host: issuer.host,
    'x-forwarded-proto': issuer.protocol.slice(0, -1),
  }
  for (const name of passedOn) {
    const value = request.headers[name]
    if (typeof value === 'string') headers[name] = value
  }
  if (contract.url === oauth.issueTokens.url) await settleAsked(deps, provider, body)
  const answer = await inject(provider.callback() as never, {
    method: contract.method,
    url: pathOf(contract.url, params, query),
    headers: form === undefined ? headers : { ...headers, 'content-type': formType },
    ...(form === undefined ? {} : { payload: form }),
  })
  void reply.code(answer.statusCode)
  for (const name of answered) {
    const value = answer.headers[name]
    if (value !== undefined)
      void reply.header(name, name === 'location' ? local(issuer, String(value)) : value)
  }
  return reply.send(answer.rawPayload)
}

/**
 * A form that the browser was sent with from another site comes without our cookies (SameSite=Lax); the link that takes
 * its place comes with them.
 */
function asLink(reply: FastifyReply, form: string): FastifyReply {
  if (form.length > maxLinkLength)
    return reply
      .code(400)
      .send({ error: 'invalid_request', error_description: 'the request is too long: push it (PAR)' })
  return reply
    .code(303)
    .header('cache-control', 'no-store')
    .header('location', `${oauth.authorize.url}?${form}`)
    .send(null)
}

type Fields = Record<string, unknown>
const formType = 'application/x-www-form-urlencoded'

/** An address of ours without its origin, so that the browser stays on the one that it is at. */
function local({ origin }: URL, location: string): string {
  return location.startsWith(`${origin}/`) ? location.slice(origin.length) : location
}
