// For tests of transports: a service whose routes answer, refuse, wait and fail, and callers beside it or far from it.
import type { Contract, ServiceName } from '@bahi/contracts/contract.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { allServiceNames, startServices, type Runtime } from '@bahi/kit/runtime/runtime.ts'
import type { AnyService, Deps } from '@bahi/kit/runtime/service.ts'
import { currentTrace } from '@bahi/kit/trace.ts'
import { httpTransport } from '@bahi/kit/transport/http-transport.ts'
import { generateServiceKeys } from '@bahi/kit/transport/service-token.ts'
import Type from 'typebox'
import { testRuntimeOptions } from './runtime-options.ts'

const Item = Type.Object({ name: Type.String(), size: Type.Optional(Type.Integer()) })
const callers: ServiceName[] = ['auth', 'gateway']
const internal = { service: 'user', method: 'POST', access: { services: callers } } as const
export const store = {
  ...internal,
  url: '/internal/items/:id',
  summary: 'Stores items',
  schema: {
    params: Type.Object({ id: Type.Integer() }),
    querystring: Type.Object(
      { tag: Type.Optional(Type.Array(Type.String())), limit: Type.Optional(Type.Integer({ default: 7 })) },
      { additionalProperties: false },
    ),
    body: Type.Object({ items: Type.Array(Item) }, { additionalProperties: false }),
    response: {
      201: Type.Object({
        id: Type.Integer(),
        tags: Type.Array(Type.String()),
        limit: Type.Integer(),
        items: Type.Array(Item),
        at: Type.String({ format: 'date-time' }),
        note: Type.Optional(Type.String()),
      }),
    },
  },
} as const satisfies Contract
export const end = {
  ...internal,
  url: '/internal/end',
  summary: 'Answers in the way it is asked for',
  schema: { body: Type.Object({ how: Type.String() }), response: { 200: Item, 204: Type.Null() } },
} as const satisfies Contract
export const wait = {
  ...internal,
  url: '/internal/wait',
  summary: 'Waits for the test',
  timeoutMs: 300,
  schema: {
    body: Type.Object({ text: Type.String() }),
    response: { 200: Type.Object({ text: Type.String() }) },
  },
} as const satisfies Contract
export const patient = { ...wait, url: '/internal/wait-long', timeoutMs: 60_000 } as const satisfies Contract
export const trace = {
  ...internal,
  method: 'GET',
  url: '/internal/trace',
  summary: 'The trace that the handler runs in',
  schema: {
    response: { 200: Type.Object({ traceId: Type.String(), requestId: Type.String(), span: Type.String() }) },
  },
} as const satisfies Contract
export const me = {
  service: 'user',
  method: 'GET',
  url: '/v1/me',
  access: { permission: 'profile:read' },
  summary: 'The person',
  schema: { response: { 200: Type.Object({ userId: Type.String() }) } },
} as const satisfies Contract
export const audit = {
  ...me,
  url: '/v1/audit',
  access: { permission: 'audit:read' },
} as const satisfies Contract
export const open = {
  service: 'user',
  method: 'PUT',
  url: '/v1/open/:name',
  access: 'public',
  summary: 'For the public',
  schema: {
    params: Type.Object({ name: Type.String() }),
    querystring: Type.Object({ more: Type.Optional(Type.Array(Type.String())) }),
    body: Type.Object({ text: Type.String() }, { additionalProperties: false }),
    response: {
      200: Type.Object({ name: Type.String(), more: Type.Array(Type.String()), length: Type.Integer() }),
    },
  },
} as const satisfies Contract
export const missing = { ...end, url: '/internal/missing' } as const satisfies Contract

/** What the handlers keep, and what the test lets them wait for. */
export const handled = { bodies: [] as unknown[], results: [] as { name: string }[], waits: 0, ended: 0 }
let gate = Promise.withResolvers<void>()

/** Forgets what was handled, and lets handlers wait until `openGate`. */
export function resetHandlers(): void {
  Object.assign(handled, { bodies: [], results: [], waits: 0, ended: 0 })
  gate = Promise.withResolvers()
}

export function openGate(): void {
  gate.resolve()
}

const target: AnyService = {
  name: 'user',
  config: Type.Object({}),
  start: () => ({
    routes(app) {
      app.route({
        ...store,
        handler: async ({ params, query, body }, reply) => {
          handled.bodies.push(body)
          const items = body.items.map((item) => ({ ...item, secret: 'x', size: undefined }))
          for (const item of body.items) item.name = 'changed by the handler'
          const { tag: tags = [], limit = 0 } = query
          const at = new Date(0) as unknown as string
          return reply.code(201).send({ id: params.id, tags, limit, items, at })
        },
      })
      app.route({
        ...end,
        handler: async ({ body: { how } }, reply) => {
          const fields = [{ path: '/body/how', message: 'no' }]
          if (how === 'problem')
            throw new Problem('pin-wrong', 'Not this one', { triesLeft: 2, retryAfterS: 5, fields })
          if (how === 'error') throw new Error('the password is 123')
          if (how === 'no content') return reply.code(204).send(null)
          if (how === 'faulty') return reply.send({ size: 1 } as never)
          const result = { name: how }
          handled.results.push(result)
          return reply.send(result)
        },
      })
      for (const contract of [wait, patient])
        app.route({
          ...contract,
          handler: async ({ body }) => {
            handled.waits += 1
            await gate.promise
            handled.ended += 1
            return { text: body.text }
          },
        })
      app.route({
        ...trace,
        handler: () => {
          const { traceId, requestId, traceparent } = currentTrace()!
          return { traceId, requestId, span: traceparent.split('-')[2]! }
        },
      })
      app.route({ ...me, handler: ({ person }) => ({ userId: person.userId }) })
      app.route({ ...audit, handler: ({ person }) => ({ userId: person.userId }) })
      app.route({
        ...open,
        handler: ({ params, query, body }) => ({
          name: params.name,
          more: query.more ?? [],
          length: body.text.length,
        }),
      })
    },
  }),
}

export type TransportTestSetup = {
  running: Runtime
  forward: Deps['forward']
  stopTarget(): Promise<unknown>
  stop(): Promise<void>
}

/** A service to call and its callers: in one process, or in two with HTTP between them. */
export async function startTransportTestSetup(isDirect: boolean): Promise<TransportTestSetup> {
  let forward: Deps['forward'] | undefined
  const gateway: AnyService = {
    name: 'gateway',
    config: Type.Object({}),
    edge: true,
    start(deps: Deps) {
      forward = deps.forward
      return { routes: () => undefined }
    },
  }
  const keys = await generateServiceKeys(allServiceNames)
  const options = () => testRuntimeOptions(keys)
  if (isDirect) {
    const running = await startServices([target, gateway], options())
    return { running, forward: forward!, stopTarget: () => running.app('user').close(), stop: running.close }
  }
  const remote = await startServices([target], options())
  const transport = httpTransport({ user: await remote.listen('user', 0) })
  const running = await startServices([gateway], { ...options(), transport })
  let stopping: Promise<void> | undefined
  return {
    running,
    forward: forward!,
    stopTarget: () => (stopping = remote.close()),
    async stop() {
      await running.close()
      await transport.close()
      await (stopping ?? remote.close())
    },
  }
}
