// HTTP requests to an app of this process without a socket: for what direct routes do not take, tests and simulations.
import { PassThrough, Readable } from 'node:stream'
import type { ServiceName } from '@bahi/contracts/contract.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { App } from '../http/http.ts'
import type { Transport, TransportResponse } from './transport.ts'

/** Everything but the socket is as over HTTP: token, headers, JSON. */
export function injectTransport(app: (service: ServiceName) => App | undefined): Transport {
  return async (service, request) => {
    const target = app(service)
    if (!target) throw new Problem('unavailable', `${service} does not run here`)
    const answer = await target.inject({
      method: request.method as 'GET',
      url: request.path,
      headers: request.headers,
      ...(request.body === undefined
        ? {}
        : {
            payload: request.body instanceof Readable ? request.body.pipe(new PassThrough()) : request.body,
          }),
    })
    return {
      status: answer.statusCode,
      headers: answer.headers as TransportResponse['headers'],
      body: answer.rawPayload,
    }
  }
}
