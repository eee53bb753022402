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
  const { params, query, body } = request as { params: Fields; query: Fields; body: Fields | undefined }
  if (contract.url === oauth.issueTokens.url) await settleAsked(deps, provider, body)
  const form = body && new URLSearchParams(body as Record<string, string>).toString()
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

type Fields = Record<string, unknown>
const formType = 'application/x-www-form-urlencoded'

/** An address of ours without its origin, so that the browser stays on the one that it is at. */
function local({ origin }: URL, location: string): string {
  return location.startsWith(`${origin}/`) ? location.slice(origin.length) : location
}
