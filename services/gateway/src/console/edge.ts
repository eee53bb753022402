// The edge of the operators' console: a port of its own, for staff alone, from networks that the settings allow.
import { BlockList, isIPv6 } from 'node:net'
import { login, logout, refresh, requestOtp } from '@bahi/contracts/auth.ts'
import type { Contract } from '@bahi/contracts/contract.ts'
import {
  addPasskey,
  beginPasskey,
  challengePasskey,
  listPasskeys,
  removePasskey,
} from '@bahi/contracts/passkeys.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { readInbox } from '@bahi/contracts/sandbox.ts'
import {
  beginTotp,
  confirmTotp,
  proveSecondFactor,
  readSecondFactor,
  renewRecoveryCodes,
} from '@bahi/contracts/second-factor.ts'
import { me } from '@bahi/contracts/user.ts'
import { compressAnswers } from '@bahi/kit/http/edge.ts'
import type { App } from '@bahi/kit/http/http.ts'
import { serveFiles } from '@bahi/kit/http/static-files.ts'
import { listOf } from '@bahi/kit/runtime/list-of.ts'
import type { Parts } from '@bahi/kit/runtime/service.ts'
import { isForStaff } from '../access/staff-roles.ts'
import type { GatewayDeps } from '../deps.ts'
import {
  acceptAnyBody,
  forwardContracts,
  limitOtherRoutes,
  rejectOtherMethods,
  type EdgeDeps,
} from '../forwarding/contract-routes.ts'
import type { RateLimit } from '../limits/rate-limit.ts'
import { answerPlatformHealth, type ReadHealth } from '../health/read-health.ts'
import type { VerifiedToken } from '../tokens/verify-token.ts'
import { consolePolicy, setResponseHeaders } from '../web-files/response-headers.ts'
import { createConsoleSessions } from './sessions.ts'

const connections = { max: 1_000, maxPerAddress: 100 }
/** What the console needs beside the routes of staff: to sign in and out, and who that is. */
const others: Contract[] = [
  ...[requestOtp, login, refresh, logout, me, readInbox],
  ...[readSecondFactor, beginTotp, confirmTotp, proveSecondFactor, renewRecoveryCodes],
  ...[listPasskeys, beginPasskey, addPasskey, removePasskey, challengePasskey],
]

/** Nothing without `BAHI_CONSOLE_PORT`. Throws for networks that are none. */
export function consoleEdge(
  deps: GatewayDeps,
  published: Contract[],
  {
    access,
    ended,
    shedder,
    limit,
    health,
  }: Pick<EdgeDeps, 'access' | 'ended' | 'shedder'> & { limit: RateLimit; health: ReadHealth },
): Pick<Parts, 'secondEdge'> {
  const { BAHI_CONSOLE_PORT: port, BAHI_CONSOLE_FOLDER: folder } = deps.config
  if (port === 0) return {}
  const isAllowed = networksOf(deps.config.BAHI_CONSOLE_NETWORKS)
  const contracts = published.filter(({ access }) => isForStaff(access))
  const all = [...contracts, ...others.filter((one) => published.includes(one))]
  const { verify, acceptTokens } = createConsoleSessions(deps, access)
  return {
    secondEdge: {
      port,
      connections,
      async routes(app) {
        allowNetworks(app, isAllowed)
        limitOtherRoutes(app, limit)
        setResponseHeaders(app, deps.clock, [])
        acceptAnyBody(app)
        await compressAnswers(app)
        // The roles of now are asked for as the session is verified, on every route.
        const ofConsole = { ...access, verify, limit, staff: (one: VerifiedToken) => Promise.resolve(one) }
        answerPlatformHealth(app, ofConsole, health)
        forwardContracts(app, deps, all, {
          access: ofConsole,
          ...{ ended, shedder, acceptTokens, session: 'console' },
        })
        rejectOtherMethods(app, all)
        if (folder === '') return
        app.get('/', (_request, reply) => reply.sendFile('index.html'))
        await serveFiles(app, { folder, policy: consolePolicy, except: ['/v1/', '/sandbox/', '/internal/'] })
      },
    },
  }
}

function allowNetworks(app: App, isAllowed: (ip: string) => boolean): void {
  app.addHook('onRequest', (request, _reply, done) =>
    isAllowed(request.ip) ? done() : done(new Problem('not-allowed', 'not from this network')),
  )
}

/** Throws for text that is no list of networks. */
export function networksOf(text: string): (ip: string) => boolean {
  const list = new BlockList()
  for (const network of listOf(text)) {
    const [address = '', bits] = network.split('/')
    const type = isIPv6(address) ? 'ipv6' : 'ipv4'
    try {
      list.addSubnet(address, bits === undefined ? (type === 'ipv6' ? 128 : 32) : Number(bits), type)
    } catch {
      throw new Error(`BAHI_CONSOLE_NETWORKS: ${network} is no network`)
    }
  }
  return (ip) => list.check(ip, isIPv6(ip) ? 'ipv6' : 'ipv4')
}
