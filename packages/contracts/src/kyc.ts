// What user answers about KYC: a person's submissions with their documents, and their review.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import type { Contract } from './contract.ts'
import { Note, Timestamp, Uuid, UuidV7 } from './formats.ts'
import { KycAddress, KycForm } from './kyc-forms.ts'
import { KycDocumentKind, kycFileTypes, KycTier } from './kyc-rules.ts'
import { StepUp } from './step-up.ts'

const strict = { additionalProperties: false } as const

/**
 * `draft`: being filled in. `submitted`: waits for a reviewer. `in-review`: a reviewer has it. `revision`: something is
 * to be changed, then submitted again. `expired`: it was approved, and its time is over.
 */
export const KycStatus = Type.Enum([
  'draft',
  'submitted',
  'in-review',
  'revision',
  'approved',
  'rejected',
  'expired',
])
export type KycStatus = Static<typeof KycStatus>

/** `refused`: it cannot be used, and is deleted. Only what is `readable` can be seen by anybody. */
export const KycFileStatus = Type.Enum(['uploaded', 'scanned', 're-encoded', 'readable', 'refused'])
export type KycFileStatus = Static<typeof KycFileStatus>

/** `type`: neither a picture nor a PDF. `infected`: a virus. `too-large`: more pixels or pages than is taken. */
export const KycFileFault = Type.Enum(['type', 'infected', 'too-large', 'unreadable'])
export type KycFileFault = Static<typeof KycFileFault>

/** A reviewer's words to the person: no control characters. */
const Reason = Type.String({
  ...{ ...Note, minLength: 3, maxLength: 300 },
  examples: ['The name on the card cannot be read'],
})

const DocumentView = Type.Object({
  id: UuidV7,
  kind: KycDocumentKind,
  status: KycFileStatus,
  fault: Type.Optional(KycFileFault),
  pages: Type.Integer({ description: 'Of a readable one.' }),
  uploadedAt: Timestamp,
  /** Why another one is asked for. */
  revision: Type.Optional(Type.String()),
})
export type KycDocumentView = Static<typeof DocumentView>

const FormView = Type.Object({
  name: Type.String(),
  bornOn: Type.String(),
  maskedPan: Type.Optional(Type.String()),
  aadhaarLast4: Type.Optional(Type.String()),
  address: Type.Optional(KycAddress),
})

export const SubmissionView = Type.Object({
  id: UuidV7,
  tier: KycTier,
  status: KycStatus,
  form: FormView,
  documents: Type.Array(DocumentView),
  changedAt: Timestamp,
  submittedAt: Type.Optional(Timestamp),
  decidedAt: Type.Optional(Timestamp),
  /** Of a rejection, or of what is to be changed. */
  reason: Type.Optional(Type.String()),
})
export type SubmissionView = Static<typeof SubmissionView>

const Existing = Type.Object({ id: Uuid })

const TierView = Type.Object({
  documents: Type.Array(KycDocumentKind),
  needsAddress: Type.Boolean(),
  validDays: Type.Integer(),
})
const TierLimits = Type.Object({
  perTransactionPaise: Type.Optional(Type.Integer()),
  perMonthPaise: Type.Optional(Type.Integer()),
})

export const KycView = Type.Object({
  tier: Type.Enum(['none', 'minimum', 'full']),
  /** When it has to be done again. */
  until: Type.Optional(Timestamp),
  /** The newest one. */
  submission: Type.Optional(SubmissionView),
  rules: Type.Object({
    tiers: Type.Object({ minimum: TierView, full: TierView }),
    maxBytes: Type.Integer(),
    types: Type.Array(Type.String()),
    minimumAge: Type.Integer(),
    /** Where payments are limited by the tier. */
    limits: Type.Optional(Type.Object({ none: TierLimits, minimum: TierLimits, full: TierLimits })),
  }),
})
export type KycView = Static<typeof KycView>

export const showKyc = {
  service: 'user',
  method: 'GET',
  url: '/v1/kyc',
  access: { permission: 'kyc:read' },
  summary: 'Which tier I have, my newest submission, and what the rules ask for',
  schema: { response: { 200: KycView } },
} as const satisfies Contract

export const saveKyc = {
  service: 'user',
  method: 'PUT',
  url: '/v1/kyc/:id',
  access: { permission: 'kyc:submit' },
  summary: 'Begin a submission, or change its form until it is submitted',
  schema: {
    params: Type.Object({ id: UuidV7 }),
    body: Type.Object({ tier: KycTier, form: KycForm }, strict),
    response: { 200: SubmissionView },
  },
  problems: ['id-reused', 'id-out-of-range', 'wrong-state', 'rate-limited', 'not-found'],
} as const satisfies Contract

/** The bytes as they are: their type is found by their content, whatever the header says. */
export const uploadKycDocument = {
  service: 'user',
  method: 'PUT',
  url: '/v1/kyc/:id/documents/:documentId',
  access: { permission: 'kyc:submit' },
  summary: 'Send a file of a submission: a picture or a PDF, in place of the one of its kind before',
  cost: 5,
  timeoutMs: 30_000,
  upload: { maxBytes: 10 * 1_048_576, types: kycFileTypes },
  schema: {
    params: Type.Object({ id: Uuid, documentId: UuidV7 }),
    querystring: Type.Object({ kind: KycDocumentKind }, strict),
    response: { 200: SubmissionView },
  },
  problems: ['not-found', 'id-reused', 'id-out-of-range', 'wrong-state', 'rate-limited', 'request-invalid'],
} as const satisfies Contract

export const submitKyc = {
  service: 'user',
  method: 'POST',
  url: '/v1/kyc/:id/submit',
  access: { permission: 'kyc:submit' },
  summary: 'Submit it for review, once its documents are readable; it cannot be changed until it is decided',
  schema: { params: Existing, response: { 200: SubmissionView } },
  problems: ['not-found', 'wrong-state'],
} as const satisfies Contract

export const withdrawKyc = {
  service: 'user',
  method: 'DELETE',
  url: '/v1/kyc/:id',
  access: { permission: 'kyc:submit' },
  summary: 'Withdraw a submission that is not decided: its form and files are deleted',
  schema: { params: Existing, response: { 204: Type.Null() } },
  problems: ['wrong-state'],
} as const satisfies Contract

const PageOfDocument = Type.Object({
  id: Uuid,
  documentId: Uuid,
  page: Type.Integer({ minimum: 1, maximum: 100 }),
})
const Picture = { 200: Type.String({ contentMediaType: 'image/jpeg' }) }

export const showOwnKycPage = {
  service: 'user',
  method: 'POST',
  url: '/v1/kyc/:id/documents/:documentId/pages/:page',
  access: { permission: 'kyc:read', stepUp: { for: 'view-document', demand: 'always' } },
  cost: 2,
  summary: 'See a page of a document of mine, marked with my id and the time; that it was seen is on record',
  schema: {
    params: PageOfDocument,
    body: Type.Object({ stepUp: Type.Optional(StepUp) }, strict),
    response: Picture,
  },
  problems: ['not-found'],
} as const satisfies Contract

const ReviewRow = Type.Object({
  id: UuidV7,
  tier: KycTier,
  status: KycStatus,
  name: Type.String(),
  submittedAt: Timestamp,
  /** Who reviews it. */
  reviewerId: Type.Optional(Uuid),
  /** It was rejected before: two reviewers have to agree to approve it. */
  needsSecond: Type.Boolean(),
})

export const listKycReviews = {
  service: 'user',
  method: 'GET',
  url: '/v1/kyc-reviews',
  access: { permission: 'kyc:review' },
  summary: 'Submissions of a status, those that wait longest first, a page at a time',
  schema: {
    querystring: Type.Object(
      {
        status: Type.Optional(
          Type.Enum(['submitted', 'in-review', 'revision', 'approved', 'rejected'], {
            description: 'Default: submitted.',
          }),
        ),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
        after: Type.Optional(
          Type.String({
            pattern: '^[0-9]{1,15}\\.[0-9a-f-]{36}$',
            description: '`next` of the page before',
            examples: ['0.00000000-0000-0000-0000-000000000000'],
          }),
        ),
      },
      strict,
    ),
    response: { 200: Type.Object({ reviews: Type.Array(ReviewRow), next: Type.Optional(Type.String()) }) },
  },
} as const satisfies Contract

export const ReviewView = Type.Object({
  id: UuidV7,
  userId: Uuid,
  tier: KycTier,
  status: KycStatus,
  form: Type.Object({ ...FormView.properties, pan: Type.Optional(Type.String()) }),
  documents: Type.Array(DocumentView),
  submittedAt: Timestamp,
  reviewerId: Type.Optional(Uuid),
  needsSecond: Type.Boolean(),
  reason: Type.Optional(Type.String()),
  /** The name by which a bank knows the person, and how like it the name of the form is. */
  bankNames: Type.Array(Type.Object({ name: Type.String(), score: Type.Integer(), isMatch: Type.Boolean() })),
  /** Others who were approved with this PAN. */
  samePan: Type.Integer(),
})

export const claimKycReview = {
  service: 'user',
  method: 'POST',
  url: '/v1/kyc-reviews/:id/claim',
  access: { permission: 'kyc:review' },
  summary: 'Take a submission to review it: nobody else sees or decides it meanwhile',
  schema: { params: Existing, response: { 200: ReviewView } },
  problems: ['not-found', 'wrong-state', 'not-allowed'],
} as const satisfies Contract

export const showKycReview = {
  service: 'user',
  method: 'GET',
  url: '/v1/kyc-reviews/:id',
  access: { permission: 'kyc:review' },
  summary: 'The submission that I review, with the names of the person’s banks; that I saw it is on record',
  schema: { params: Existing, response: { 200: ReviewView } },
  problems: ['not-found'],
} as const satisfies Contract

export const showKycPage = {
  service: 'user',
  method: 'GET',
  url: '/v1/kyc-reviews/:id/documents/:documentId/pages/:page',
  access: { permission: 'kyc:review' },
  cost: 2,
  summary: 'A page of a document that I review, marked with who sees it; that I saw it is on record',
  schema: { params: PageOfDocument, response: Picture },
  problems: ['not-found'],
} as const satisfies Contract

export const decideKycReview = {
  service: 'user',
  method: 'POST',
  url: '/v1/kyc-reviews/:id/decision',
  access: { permission: 'kyc:review' },
  summary:
    'Decide what I review; one that was rejected before is approved by two reviewers who did not reject it',
  schema: {
    params: Existing,
    body: Type.Object(
      {
        decision: Type.Enum(['approve', 'reject', 'revise']),
        reason: Type.Optional(Type.String({ ...Reason, description: 'Needed unless it is approved.' })),
        documents: Type.Optional(
          Type.Array(Type.Object({ kind: KycDocumentKind, reason: Reason }, strict), {
            maxItems: 10,
            description: 'Which to send again, and why.',
          }),
        ),
      },
      strict,
    ),
    response: { 200: Type.Object({ id: UuidV7, status: KycStatus, needsSecond: Type.Boolean() }) },
  },
  problems: ['not-found', 'wrong-state', 'not-allowed'],
} as const satisfies Contract

export const releaseKycReview = {
  service: 'user',
  method: 'POST',
  url: '/v1/kyc-reviews/:id/release',
  access: { permission: 'kyc:review' },
  summary: 'Release my claim of a review, undecided',
  schema: { params: Existing, response: { 204: Type.Null() } },
  problems: ['not-found'],
} as const satisfies Contract

export const reopenKycReview = {
  service: 'user',
  method: 'POST',
  url: '/v1/kyc-reviews/:id/reopen',
  access: { permission: 'kyc:review' },
  summary: 'Have a rejected submission reviewed again, with a reason',
  schema: {
    params: Existing,
    body: Type.Object({ reason: Reason }, strict),
    response: { 200: Type.Object({ id: UuidV7, status: KycStatus }) },
  },
  problems: ['not-found', 'wrong-state', 'not-allowed'],
} as const satisfies Contract
