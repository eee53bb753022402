// User's table of contents: its routes and its workers. It consumes no events.
import * as contacts from '@bahi/contracts/contacts.ts'
import { KycLimitsConfig } from '@bahi/contracts/kyc-rules.ts'
import { retention } from '@bahi/contracts/retention.ts'
import * as profiles from '@bahi/contracts/user.ts'
import { createDayQuota } from '@bahi/kit/cache/day-quota.ts'
import { dueWorkers } from '@bahi/kit/due-work/due-worker.ts'
import { personKeyColumn } from '@bahi/kit/crypto/person-keys.ts'
import type { Service } from '@bahi/kit/runtime/service.ts'
import { retentionWorker } from '@bahi/kit/sql/retention.ts'
import Type from 'typebox'
import { changeProfilePhone } from './profiles/change-phone.ts'
import { changeProfile } from './profiles/change-profile.ts'
import { contactNameColumn } from './contacts/contact.ts'
import { putContact, removeContact } from './contacts/put-contact.ts'
import { listContacts } from './contacts/list-contacts.ts'
import { submissionHandlers } from './kyc/expire.ts'
import { fileHandlers } from './kyc/process-file.ts'
import { createReaderCounter } from './kyc/metrics.ts'
import { createFileReader } from './kyc/read-file.ts'
import { kycRoutes } from './kyc/routes.ts'
import { clamdScan } from './kyc/scan.ts'
import { formColumn } from './kyc/submission.ts'
import { privacyRoutes } from './privacy/routes.ts'
import { erasureHandlers } from './privacy/run-erasure.ts'
import { exportHandlers } from './privacy/run-export.ts'
import { createProfile } from './profiles/create-profile.ts'
import { getOwnProfile, getProfiles } from './profiles/get-profiles.ts'
import { indexNames, lookUpRoutes } from './profiles/look-up.ts'
import { emailColumn, nameColumn, pendingEmailColumn, phoneColumn } from './profiles/profile.ts'
import { savedViewRoutes } from './saved-views/routes.ts'
import { viewColumn } from './saved-views/saved-views.ts'
import { confirmEmail, resendEmailCode } from './profiles/verify-email.ts'

const indexEveryMs = 60_000

const Config = Type.Object({
  BAHI_CLAMD: Type.Optional(
    Type.String({
      pattern: '^[^\\s]+:[0-9]{1,5}$',
      description:
        'Host and port of a ClamAV daemon that scans files, `127.0.0.1:3310`. Without it files are re-encoded only.',
    }),
  ),
  BAHI_NAME_SEARCHES_PER_DAY: Type.Integer({
    minimum: 1,
    maximum: 100_000,
    default: 200,
    description: 'How often one of the staff may search people by name in a day.',
  }),
  ...KycLimitsConfig,
})

export const service: Service<typeof Config> = {
  name: 'user',
  config: Config,
  productionFaults: ({ BAHI_CLAMD: scanner }, isClear) =>
    scanner !== undefined && isClear(scanner.replace(/:\d+$/, ''))
      ? ['BAHI_CLAMD gets documents in the clear: run the scanner beside the service']
      : [],
  migrations: new URL('../migrations/', import.meta.url),
  sealed: [
    ...[nameColumn, phoneColumn, emailColumn, pendingEmailColumn, contactNameColumn],
    ...[formColumn, personKeyColumn, viewColumn],
  ],
  start(deps) {
    const readFile = createFileReader({ onEnd: createReaderCounter(deps.metrics) })
    const scan = deps.config.BAHI_CLAMD === undefined ? undefined : clamdScan(deps.config.BAHI_CLAMD)
    if (!scan && deps.mode === 'production')
      deps.log.warn('nobody scans the files of KYC for viruses: BAHI_CLAMD is not set')
    const limitsByTier = deps.config.BAHI_KYC_LIMITS
    const withQuota = { ...deps, takeOfDay: createDayQuota(deps) }
    const kyc = { ...withQuota, limitsByTier }
    return {
      routes(app) {
        kycRoutes(app, kyc)
        lookUpRoutes(app, { ...withQuota, searchesPerDay: deps.config.BAHI_NAME_SEARCHES_PER_DAY })
        privacyRoutes(app, deps)
        savedViewRoutes(app, deps)
        app.route({ ...profiles.me, handler: (request) => getOwnProfile(deps, request.person.userId) })
        app.route({
          ...profiles.changeMe,
          handler: ({ person, body: { stepUp: _, ...changes }, requireStepUp }) =>
            changeProfile(withQuota, person.userId, changes, requireStepUp),
        })
        app.route({
          ...profiles.confirmEmail,
          handler: ({ person, body }) => confirmEmail(withQuota, person.userId, body.otp),
        })
        app.route({
          ...profiles.resendEmailCode,
          handler: ({ person }) => resendEmailCode(withQuota, person.userId),
        })
        app.route({
          ...contacts.listContacts,
          handler: (request) => listContacts(deps, request.person.userId, request.query),
        })
        app.route({
          ...contacts.putContact,
          handler: (request) =>
            putContact(deps, request.person.userId, { ...request.params, ...request.body }),
        })
        app.route({
          ...contacts.removeContact,
          async handler(request, reply) {
            const { userId } = request.person
            await removeContact(deps, userId, request.params.vpa, request.query.changedAt)
            return reply.code(204).send(null)
          },
        })
        app.route({
          ...profiles.createProfile,
          handler: (request) => createProfile(deps, { ...request.params, ...request.body }),
        })
        app.route({
          ...profiles.changeProfilePhone,
          handler: (request) => changeProfilePhone(deps, { ...request.params, ...request.body }),
        })
        app.route({
          ...profiles.profilesOf,
          handler: async (request) => ({ profiles: await getProfiles(deps, request.body.userIds) }),
        })
      },
      workers: [
        retentionWorker(deps, retention, 'user'),
        { name: 'names by word', intervalMs: indexEveryMs, run: () => indexNames(deps) },
        ...dueWorkers(deps, [
          ...fileHandlers({ ...deps, readFile, scan }),
          ...submissionHandlers(deps),
          ...erasureHandlers(deps),
          ...exportHandlers(deps),
        ]),
      ],
      close: () => readFile.close(),
    }
  },
}
