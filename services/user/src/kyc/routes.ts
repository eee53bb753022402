// The routes of KYC.
import * as kyc from '@bahi/contracts/kyc.ts'
import type { App } from '@bahi/kit/http/app.ts'
import {
  claimReview,
  decide,
  listReviews,
  releaseReview,
  reopenReview,
  showPage,
  showReview,
} from './review.ts'
import { showOwnPage } from './marked-page.ts'
import { saveSubmission, showKyc, submit, withdraw, type KycDeps } from './save-submission.ts'
import { uploadDocument } from './upload-document.ts'

const ofPicture = { 'content-type': 'image/jpeg', 'cache-control': 'no-store' }

export function kycRoutes(app: App, deps: KycDeps): void {
  app.route({ ...kyc.showKyc, handler: ({ person }) => showKyc(deps, person.userId) })
  app.route({
    ...kyc.saveKyc,
    handler: ({ person, params, body }) => saveSubmission(deps, person.userId, params.id, body),
  })
  app.route({
    ...kyc.uploadKycDocument,
    handler: ({ person, params, query, body }) =>
      uploadDocument(
        deps,
        person.userId,
        { submissionId: params.id, id: params.documentId, kind: query.kind },
        body as Buffer | undefined,
      ),
  })
  app.route({
    ...kyc.showOwnKycPage,
    async handler({ person, params }, reply) {
      const picture = await showOwnPage(deps, person.userId, { ...params, submissionId: params.id })
      return reply.headers(ofPicture).send(picture as never)
    },
  })
  app.route({ ...kyc.submitKyc, handler: ({ person, params }) => submit(deps, person.userId, params.id) })
  app.route({
    ...kyc.withdrawKyc,
    async handler({ person, params }, reply) {
      await withdraw(deps, person.userId, params.id)
      return reply.code(204).send(null)
    },
  })
  app.route({ ...kyc.listKycReviews, handler: ({ query }) => listReviews(deps, query) })
  app.route({
    ...kyc.claimKycReview,
    handler: ({ person, params }) => claimReview(deps, person.userId, params.id),
  })
  app.route({
    ...kyc.showKycReview,
    handler: ({ person, params }) => showReview(deps, person.userId, params.id),
  })
  app.route({
    ...kyc.showKycPage,
    async handler({ person, params }, reply) {
      const picture = await showPage(deps, person.userId, { ...params, submissionId: params.id })
      return reply.headers(ofPicture).send(picture as never)
    },
  })
  app.route({
    ...kyc.decideKycReview,
    handler: ({ person, params, body }) => decide(deps, person.userId, params.id, body),
  })
  app.route({
    ...kyc.releaseKycReview,
    async handler({ person, params }, reply) {
      await releaseReview(deps, person.userId, params.id)
      return reply.code(204).send(null)
    },
  })
  app.route({
    ...kyc.reopenKycReview,
    handler: ({ person, params, body }) => reopenReview(deps, person.userId, params.id, body.reason),
  })
}
