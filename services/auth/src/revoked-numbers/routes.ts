// The routes of lists of disconnected numbers, for staff and for a feed, and those of whose number is on one.
import type { Output } from '@bahi/contracts/call.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import * as contracts from '@bahi/contracts/revoked-numbers.ts'
import { sameBytes } from '@bahi/kit/crypto/seal.ts'
import type { App } from '@bahi/kit/http/http.ts'
import type { AuthDeps } from '../deps.ts'
import { originOf } from '../tries/tries.ts'
import { provePhone, sendPhoneCode, showPhone } from './prove-phone.ts'
import { findLists } from './store.ts'
import { takeList, viewOf } from './take-list.ts'

const defaultLimit = 50

export function revokedNumberRoutes(app: App, deps: AuthDeps): void {
  app.route({
    ...contracts.uploadRevokedNumbers,
    handler: ({ person, params, query, body }) =>
      takeList(
        deps,
        { ...query, id: params.id.toLowerCase(), by: person.userId },
        body as Buffer | undefined,
      ),
  })
  app.route({
    ...contracts.feedRevokedNumbers,
    handler: async ({ headers, query, body }) => {
      requireFeedKey(deps, headers.authorization)
      const id = uuidv7(deps.clock.now().getTime())
      return takeList(deps, { ...query, id, by: null }, body as Buffer | undefined)
    },
  })
  app.route({ ...contracts.listRevokedNumbers, handler: ({ query }) => listOf(deps, query) })
  app.route({ ...contracts.showPhone, handler: ({ person }) => showPhone(deps, person) })
  app.route({
    ...contracts.sendPhoneCode,
    handler: async (request, reply) => {
      const asking = { ...request.person, ...originOf(request) }
      return reply.code(202).send(await sendPhoneCode(deps, asking, request.body.language))
    },
  })
  app.route({
    ...contracts.provePhone,
    handler: async ({ person, body }, reply) => {
      await provePhone(deps, person, body)
      return reply.code(204).send(null)
    },
  })
}

async function listOf(
  deps: Pick<AuthDeps, 'sql'>,
  { before = null, limit = defaultLimit }: { before?: string | null; limit?: number },
): Promise<Output<typeof contracts.listRevokedNumbers>> {
  const rows = await findLists(deps.sql, before, limit + 1)
  const lists = rows.slice(0, limit).map(viewOf)
  return { lists, ...(rows.length > limit ? { next: lists.at(-1)!.id } : {}) }
}

/** Throws `unauthenticated`, also where no key is set. */
function requireFeedKey({ config }: Pick<AuthDeps, 'config'>, authorization: string | undefined): void {
  const expected = config.BAHI_REVOKED_NUMBERS_KEY
  const [, key = ''] = /^Bearer ([\x21-\x7e]{32,200})$/i.exec(authorization ?? '') ?? []
  if (expected === '' || !sameBytes(Buffer.from(key), Buffer.from(expected)))
    throw new Problem('unauthenticated', 'that is not the key of the feed')
}
