// Audit's table of contents: it records every event, lists and verifies the records, and lets operators handle dead
// letters.
import { exportActs, listActs, recordActs } from '@bahi/contracts/acts.ts'
import { eraseInAudit } from '@bahi/contracts/erasure.ts'
import { subscriptions } from '@bahi/contracts/events.ts'
import * as contracts from '@bahi/contracts/audit.ts'
import { retention } from '@bahi/contracts/retention.ts'
import { personKeyColumn, shredPersonKey } from '@bahi/kit/crypto/person-keys.ts'
import type { Deps, Service } from '@bahi/kit/runtime/service.ts'
import { retentionWorker } from '@bahi/kit/sql/retention.ts'
import type { Worker } from '@bahi/kit/runtime/worker.ts'
import { dueWorkers } from '@bahi/kit/due-work/due-worker.ts'
import { schedule } from '@bahi/kit/due-work/due-work.ts'
import Type, { type Static } from 'typebox'
import { checkpointSigner } from './checkpoints/checkpoint.ts'
import { lastCheckpoint } from './checkpoints/store.ts'
import { checkpointHandler, checkpointKey, checkpointKind } from './checkpoints/write-checkpoint.ts'
import { exportedActs, listedActs, recordActs as recordedActs } from './acts/acts.ts'
import {
  dropDeadLetter,
  listDeadLetters,
  replayDeadLetter,
  showDeadLetter,
} from './dead-letters/dead-letters.ts'
import { redactErased, redactErasedWorker } from './dead-letters/redact-erased.ts'
import { appendEvents } from './records/append-events.ts'
import { readHead } from './records/store.ts'
import { listRecords } from './records/list-records.ts'
import { verifyStoredRecords } from './records/verify-records.ts'
import type { Verdict } from './records/verify-chain.ts'

const Config = Type.Object({
  BAHI_AUDIT_KEY: Type.String({
    secret: true,
    default: '',
    description:
      'Private JWK (Ed25519 or P-256, with `alg` and `kid`) that signs checkpoints of the audit chain, written to ' +
      'the blobs; without it, or without `BAHI_BLOBS`, there are none.',
  }),
  BAHI_CHECKPOINT_MINUTES: Type.Integer({
    minimum: 1,
    maximum: 1_440,
    default: 10,
    description: 'Minutes from one checkpoint of the audit chain to the next, when there are new records.',
  }),
  BAHI_CHECKPOINT_RECORDS: Type.Integer({
    minimum: 1,
    maximum: 10_000_000,
    default: 100_000,
    description: 'Records after which a checkpoint is written earlier.',
  }),
})

export const service: Service<typeof Config> = {
  name: 'audit',
  config: Config,
  productionFaults: ({ BAHI_AUDIT_KEY }) =>
    BAHI_AUDIT_KEY === ''
      ? ['BAHI_AUDIT_KEY is missing: nobody could prove that the audit chain is whole']
      : [],
  migrations: new URL('../migrations/', import.meta.url),
  sealed: [personKeyColumn],
  async start(deps) {
    deps.metrics.gauge('bahi_audit_records', 'Records in the audit chain.', async (gauge) =>
      gauge.set((await readHead(deps.sql)).seq),
    )
    const checkpoints = await checkpointWorkers(deps)
    // Verifying reads every record: requests during a run get the result of that run.
    let verifying: Promise<Verdict> | undefined
    return {
      routes(app) {
        app.route({
          ...contracts.listRecords,
          handler: ({ query }) => deps.reads.latest((sql) => listRecords({ ...deps, sql }, query)),
        })
        app.route({
          ...recordActs,
          handler: async ({ body }, reply) => reply.code(202).send(await recordedActs(deps, body.acts)),
        })
        app.route({
          ...listActs,
          handler: ({ query }) => deps.reads.latest((sql) => listedActs({ ...deps, sql }, query)),
        })
        app.route({
          ...exportActs,
          handler: async ({ query }, reply) =>
            reply
              .type('application/x-ndjson')
              .header('cache-control', 'no-store')
              .header('content-disposition', 'attachment; filename="acts.ndjson"')
              .send((await exportedActs(deps, query)) as never),
        })
        app.route({
          ...eraseInAudit,
          async handler({ params, body }) {
            if (body.stage === 'erase') {
              await shredPersonKey(deps.sql, params.userId, deps.clock.now())
              await redactErased(deps)
            }
            return { vpas: [] }
          },
        })
        app.route({ ...contracts.auditHead, handler: () => readHead(deps.sql) })
        app.route({
          ...contracts.verifyRecords,
          handler: () => (verifying ??= verifyStoredRecords(deps.sql).finally(() => (verifying = undefined))),
        })
        app.route({
          ...contracts.listDeadLetters,
          handler: ({ query }) => listDeadLetters(deps, query.queue),
        })
        app.route({ ...contracts.showDeadLetter, handler: ({ params }) => showDeadLetter(deps, params) })
        app.route({
          ...contracts.replayDeadLetter,
          handler: async ({ person, params }, reply) =>
            reply.code(202).send(await replayDeadLetter(deps, person, params)),
        })
        app.route({
          ...contracts.dropDeadLetter,
          handler: async ({ person, params }, reply) => {
            await dropDeadLetter(deps, person, params)
            return reply.code(204).send(null)
          },
        })
      },
      consumes: {
        from: subscriptions.audit,
        handle: (tx, events) => appendEvents(deps, tx, events),
        idempotent: true,
      },
      workers: [...checkpoints, redactErasedWorker(deps), retentionWorker(deps, retention, 'audit')],
    }
  },
}

/** None where nothing is signed or kept. */
async function checkpointWorkers(deps: Deps<Static<typeof Config>>): Promise<Worker[]> {
  const { blobs, config, clock } = deps
  const signer = checkpointSigner(config.BAHI_AUDIT_KEY)
  if (!signer || !blobs) return []
  await schedule(deps.sql, [{ kind: checkpointKind, key: checkpointKey, dueAt: clock.now() }])
  const age = 'Seconds since the newest checkpoint of the audit chain was written.'
  deps.metrics.gauge('bahi_audit_checkpoint_age_seconds', age, async (gauge) => {
    const last = await lastCheckpoint(deps.sql)
    if (last?.storedAt) gauge.set((clock.now().getTime() - last.storedAt.getTime()) / 1000)
  })
  const interval = { minutes: config.BAHI_CHECKPOINT_MINUTES, records: config.BAHI_CHECKPOINT_RECORDS }
  return dueWorkers(deps, [checkpointHandler({ ...deps, blobs, signer }, interval)])
}
