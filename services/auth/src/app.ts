// Auth's table of contents: its routes and its workers.
import { issuerFaults } from '@bahi/kit/runtime/production.ts'
import * as contracts from '@bahi/contracts/auth.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { retention } from '@bahi/contracts/retention.ts'
import * as stepUp from '@bahi/contracts/step-up.ts'
import { dueWorkers } from '@bahi/kit/due-work/due-worker.ts'
import type { Service } from '@bahi/kit/runtime/service.ts'
import { retentionWorker } from '@bahi/kit/sql/retention.ts'
import { Config, leastMemoryKiB, type AuthDeps } from './deps.ts'
import { endExpiredSessions, endOneSession, endOtherSessions, logout } from './sessions/end-session.ts'
import { listSessions } from './sessions/list-sessions.ts'
import { login } from './sign-in/login.ts'
import { createSignInCounter } from './sign-in/metrics.ts'
import { registerOauth } from './oidc/routes.ts'
import { passkeyFaults, passkeyRoutes } from './passkeys/routes.ts'
import { createPasswords } from './passwords/password-hashes.ts'
import { changePassword } from './passwords/change-password.ts'
import { resetPassword } from './passwords/reset-password.ts'
import { changePhone, phoneFollowsHandler } from './people/change-phone.ts'
import { createReleaseCounter } from './people/metrics.ts'
import { personRoutes } from './people/person.ts'
import { lookUpRoutes } from './people/look-up.ts'
import { accountTenuresOf, findPerson, personOf } from './people/find-people.ts'
import { grantEndsHandler } from './roles/end-grants.ts'
import { measureRoutes } from './measures/decide.ts'
import { createMeasureCounter } from './measures/metrics.ts'
import { createRevocationMetrics } from './revoked-numbers/metrics.ts'
import { revokedNumberRoutes } from './revoked-numbers/routes.ts'
import { roleRoutes } from './roles/routes.ts'
import { refresh } from './sessions/refresh.ts'
import { secondFactorRoutes } from './second-factor/routes.ts'
import { register } from './sign-in/register.ts'
import { sendOtp } from './codes/send-otp.ts'
import { stopPayments } from './sign-in/stop-payments.ts'
import { proveStepUp, sendStepUpCode } from './step-up/prove.ts'
import { verifyStepUp } from './step-up/verify-step-up.ts'
import { createSigningKeys, idTokenKeys, tokenKeys } from './signing-keys/signing-keys.ts'
import { verifyOtpOfPerson } from './codes/verify-otp.ts'
import {
  idTokenKeyColumn,
  phoneColumn,
  privateKeyColumn,
  restoredPhoneColumn,
  totpColumn,
} from './sealed-columns.ts'
import { originOf } from './tries/tries.ts'

const rotateEveryMs = 60_000
const expireEveryMs = 60_000
/** Well below the time that a key is published before it signs, so that a cached JWKS has every signing key. */
const jwksMaxAgeS = 300

export const service: Service<typeof Config> = {
  name: 'auth',
  config: Config,
  productionFaults: (config) => [
    ...issuerFaults(config.BAHI_ISSUER),
    ...passkeyFaults(config),
    ...(config.BAHI_ARGON2_MEMORY_KIB < leastMemoryKiB
      ? [`BAHI_ARGON2_MEMORY_KIB is below ${leastMemoryKiB}: hashes of passwords would be quick to guess`]
      : []),
  ],
  migrations: new URL('../migrations/', import.meta.url),
  sealed: [idTokenKeyColumn, phoneColumn, privateKeyColumn, restoredPhoneColumn, totpColumn],
  async start(seams) {
    const deps: AuthDeps = {
      ...seams,
      keys: createSigningKeys(seams, seams.config.BAHI_KEY_ROTATION_DAYS, tokenKeys),
      idTokenKeys: createSigningKeys(seams, seams.config.BAHI_KEY_ROTATION_DAYS, idTokenKeys),
      passwords: await createPasswords(seams.config.BAHI_ARGON2_MEMORY_KIB),
      countReleased: createReleaseCounter(seams.metrics),
      countRevocation: createRevocationMetrics(seams),
    }
    await deps.keys.begin()
    await deps.keys.rotate()
    const counted = createSignInCounter(seams.metrics)
    const countMeasure = createMeasureCounter(seams.metrics)
    return {
      routes(app) {
        app.route({
          ...contracts.requestOtp,
          handler: async (request, reply) => {
            const asked = { ...request.body, ...originOf(request) }
            return reply.code(202).send(await sendOtp(deps, asked))
          },
        })
        app.route({
          ...contracts.register,
          handler: async (request, reply) => {
            const asked = { ...request.body, ...originOf(request) }
            return reply.code(201).send(await counted('registration', () => register(deps, asked)))
          },
        })
        app.route({
          ...contracts.login,
          handler: (request) =>
            counted('password', () => login(deps, { ...request.body, ...originOf(request) })),
        })
        app.route({
          ...contracts.resetPassword,
          handler: (request) =>
            counted('reset', () => resetPassword(deps, { ...request.body, ...originOf(request) })),
        })
        app.route({
          ...contracts.changePassword,
          handler: async (request, reply) => {
            await changePassword(deps, request.person, request.body.newPassword)
            return reply.code(204).send(null)
          },
        })
        app.route({
          ...contracts.changePhone,
          handler: async ({ person, body }, reply) => {
            await changePhone(deps, person, body)
            return reply.code(204).send(null)
          },
        })
        app.route({
          ...contracts.stopMyPayments,
          handler: async (request, reply) => {
            await stopPayments(deps, { ...request.body, ...originOf(request) })
            return reply.code(204).send(null)
          },
        })
        app.route({
          ...contracts.refresh,
          handler: (request) =>
            counted('refresh', () => refresh(deps, { ...request.body, ...originOf(request) })),
        })
        app.route({
          ...contracts.logout,
          handler: async (request, reply) => {
            const all = request.body?.all === true
            if (all) await request.requireStepUp()
            await logout(deps, request.person, all)
            return reply.code(204).send(null)
          },
        })
        app.route({ ...contracts.listSessions, handler: (request) => listSessions(deps, request.person) })
        app.route({
          ...contracts.endOtherSessions,
          handler: async (request, reply) => {
            await endOtherSessions(deps, request.person)
            return reply.code(204).send(null)
          },
        })
        app.route({
          ...contracts.endSession,
          handler: async (request, reply) => {
            await endOneSession(deps, request.person, request.params.id)
            return reply.code(204).send(null)
          },
        })
        app.route({
          ...contracts.jwks,
          handler: async (_request, reply) => {
            void reply.header('cache-control', `public, max-age=${jwksMaxAgeS}`)
            return { keys: await deps.keys.published() }
          },
        })
        app.route({
          ...contracts.idTokenJwks,
          handler: async (_request, reply) => {
            void reply.header('cache-control', `public, max-age=${jwksMaxAgeS}`)
            return { keys: [...(await deps.keys.published()), ...(await deps.idTokenKeys.published())] }
          },
        })
        app.route({
          ...contracts.verifyOtp,
          handler: ({ body }) => verifyOtpOfPerson(deps, body.userId, body.otp),
        })
        registerOauth(app, deps)
        app.route({
          ...stepUp.sendStepUpCode,
          handler: async (request, reply) => {
            const asking = { ...request.person, ...originOf(request) }
            return reply.code(202).send(await sendStepUpCode(deps, asking, request.body))
          },
        })
        app.route({
          ...stepUp.proveStepUp,
          handler: async ({ person, body }, reply) =>
            reply.code(201).send(await proveStepUp(deps, person, body)),
        })
        app.route({ ...stepUp.verifyStepUp, handler: ({ body }) => verifyStepUp(deps, body) })
        app.route({
          ...contracts.personOf,
          handler: ({ params }) => personOf(deps, params.userId),
        })
        app.route({
          ...contracts.accountTenures,
          handler: async ({ body }) => ({ people: await accountTenuresOf(deps, body.people) }),
        })
        app.route({
          ...contracts.findPerson,
          handler: ({ body, caller }) => {
            if (caller === 'sandbox' && deps.mode !== 'sandbox') throw new Problem('not-found')
            return findPerson(deps, body.phone, { paying: caller !== 'sandbox' })
          },
        })
        lookUpRoutes(app, deps)
        personRoutes(app, deps)
        roleRoutes(app, deps)
        secondFactorRoutes(app, deps, counted)
        passkeyRoutes(app, deps)
        measureRoutes(app, deps, countMeasure)
        revokedNumberRoutes(app, deps)
      },
      workers: [
        { name: 'expired sessions', intervalMs: expireEveryMs, run: () => endExpiredSessions(deps) },
        ...dueWorkers(deps, [grantEndsHandler(deps), phoneFollowsHandler(deps)]),
        retentionWorker(deps, retention, 'auth'),
        { name: 'signing key rotation', intervalMs: rotateEveryMs, run: () => deps.keys.rotate() },
        { name: 'ID token key rotation', intervalMs: rotateEveryMs, run: () => deps.idTokenKeys.rotate() },
      ],
    }
  },
}
