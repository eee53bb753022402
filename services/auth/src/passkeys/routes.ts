// The routes of passkeys, and what is wrong with their settings in production.
import * as contracts from '@bahi/contracts/passkeys.ts'
import type { App } from '@bahi/kit/http/http.ts'
import { listOf } from '@bahi/kit/runtime/list-of.ts'
import type { AuthDeps } from '../deps.ts'
import { proveByPasskey } from '../step-up/prove.ts'
import { addPasskey, beginPasskey, challengePasskey, listPasskeys, removePasskey } from './passkeys.ts'

export function passkeyRoutes(app: App, deps: AuthDeps): void {
  app.route({ ...contracts.listPasskeys, handler: ({ person }) => listPasskeys(deps, person) })
  app.route({
    ...contracts.beginPasskey,
    handler: async ({ person }, reply) => reply.code(201).send(await beginPasskey(deps, person)),
  })
  app.route({
    ...contracts.addPasskey,
    handler: async ({ person, body }, reply) => reply.code(201).send(await addPasskey(deps, person, body)),
  })
  app.route({
    ...contracts.removePasskey,
    handler: async ({ person, params }, reply) => {
      await removePasskey(deps, person, params.id)
      return reply.code(204).send(null)
    },
  })
  app.route({
    ...contracts.challengePasskey,
    handler: async ({ person, body }, reply) =>
      reply.code(201).send(await challengePasskey(deps, person, body)),
  })
  app.route({
    ...contracts.proveByPasskey,
    handler: async ({ person, body }, reply) =>
      reply.code(201).send(await proveByPasskey(deps, person, body)),
  })
}

/** A browser takes a domain for the origins below it alone, over HTTPS. */
export function passkeyFaults(
  config: Pick<AuthDeps['config'], 'BAHI_PASSKEY_RP_ID' | 'BAHI_PASSKEY_ORIGINS'>,
): string[] {
  const rpId = config.BAHI_PASSKEY_RP_ID
  const origins = listOf(config.BAHI_PASSKEY_ORIGINS)
  if (rpId === '')
    return origins.length === 0 ? [] : ['BAHI_PASSKEY_ORIGINS is set without BAHI_PASSKEY_RP_ID']
  if (origins.length === 0) return ['BAHI_PASSKEY_RP_ID is set without BAHI_PASSKEY_ORIGINS']
  return origins
    .filter((origin) => !isBelow(origin, rpId))
    .map((origin) => `BAHI_PASSKEY_ORIGINS: ${origin} is no https:// origin of ${rpId} or below it`)
}

function isBelow(origin: string, rpId: string): boolean {
  const url = URL.canParse(origin) ? new URL(origin) : undefined
  if (url?.protocol !== 'https:' || url.origin !== origin) return false
  return url.hostname === rpId || url.hostname.endsWith(`.${rpId}`)
}
