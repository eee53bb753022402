// A KYC submission: its form, which is sealed as a whole, and how its person and its reviewer see it.
import type {
  KycDocumentView,
  KycFileFault,
  KycFileStatus,
  KycStatus,
  SubmissionView,
} from '@bahi/contracts/kyc.ts'
import {
  aadhaarLast4,
  maskPan,
  normalisePan,
  type KycAddress,
  type KycForm,
} from '@bahi/contracts/kyc-forms.ts'
import type { KycDocumentKind, KycRules, KycTier } from '@bahi/contracts/kyc-rules.ts'
import { normaliseName } from '@bahi/contracts/person-name.ts'
import type { Seal, SealedColumn } from '@bahi/kit/crypto/seal.ts'

export type SubmissionRow = {
  id: string
  userId: string
  tier: KycTier
  status: KycStatus
  formSealed: string
  panFingerprint: Uint8Array | null
  createdAt: Date
  changedAt: Date
  submittedAt: Date | null
  reviewerId: string | null
  decidedAt: Date | null
  reason: string | null
  rejectedBy: string | null
  proposedBy: string | null
  validUntil: Date | null
}

export type DocumentRow = {
  id: string
  submissionId: string
  kind: KycDocumentKind
  status: KycFileStatus
  fault: KycFileFault | null
  sha256: string
  pageHashes: string[]
  uploadedAt: Date
  revision: string | null
}

/** What is kept of a form: of an Aadhaar number only the last four digits. */
export type StoredForm = {
  name: string
  bornOn: string
  pan?: string
  aadhaarLast4?: string
  address?: KycAddress
}

export const formColumn: SealedColumn = { table: 'kyc_submissions', column: 'form_sealed', row: 'id' }

export const openForm = (
  seal: Seal,
  { id, formSealed }: Pick<SubmissionRow, 'id' | 'formSealed'>,
): StoredForm => JSON.parse(seal.open(formSealed, formColumn, id)) as StoredForm

export const sealForm = (seal: Seal, id: string, form: StoredForm): string =>
  seal.seal(JSON.stringify(form), formColumn, id)

export const fingerprintOf = (seal: Seal, { pan }: StoredForm): Buffer | null =>
  pan === undefined ? null : seal.fingerprint(pan, 'kyc pan')

/** PAN and Aadhaar number stay as they are where the form does not say them: they are never sent back in full. */
export function formOf(typed: KycForm, before: StoredForm | undefined): StoredForm {
  const pan = typed.pan === undefined ? before?.pan : normalisePan(typed.pan)
  const last4 = typed.aadhaar === undefined ? before?.aadhaarLast4 : aadhaarLast4(typed.aadhaar)
  return {
    name: normaliseName(typed.name),
    bornOn: typed.bornOn,
    ...(pan === undefined ? {} : { pan }),
    ...(last4 === undefined ? {} : { aadhaarLast4: last4 }),
    ...(typed.address ? { address: typed.address } : {}),
  }
}

/** What is missing before it can be submitted: fields of the form, and kinds of documents. */
export function missingIn(
  { documents, needsAddress }: KycRules['tiers'][KycTier],
  form: StoredForm,
  given: readonly DocumentRow[],
): string[] {
  const usable = (kind: KycDocumentKind) =>
    given.some((one) => one.kind === kind && one.status === 'readable' && one.revision === null)
  return [
    ...(form.pan === undefined ? ['pan'] : []),
    ...(needsAddress && !form.address ? ['address'] : []),
    ...documents.filter((kind) => !usable(kind)).map((kind) => `document ${kind}`),
  ]
}

export function documentView(row: DocumentRow): KycDocumentView {
  const { id, kind, status, fault, pageHashes, uploadedAt, revision } = row
  return {
    ...{ id, kind, status },
    ...(fault === null ? {} : { fault }),
    pages: status === 'readable' ? pageHashes.length : 0,
    uploadedAt: uploadedAt.toISOString(),
    ...(revision === null ? {} : { revision }),
  }
}

export function formView({ pan, ...rest }: StoredForm): SubmissionView['form'] {
  return { ...rest, ...(pan === undefined ? {} : { maskedPan: maskPan(pan) }) }
}

export function submissionView(
  row: SubmissionRow,
  form: StoredForm,
  documents: DocumentRow[],
): SubmissionView {
  const { id, tier, status, changedAt, submittedAt, decidedAt, reason } = row
  return {
    ...{ id, tier, status },
    form: formView(form),
    documents: documents.map(documentView),
    changedAt: changedAt.toISOString(),
    ...(submittedAt ? { submittedAt: submittedAt.toISOString() } : {}),
    ...(decidedAt ? { decidedAt: decidedAt.toISOString() } : {}),
    ...(reason === null ? {} : { reason }),
  }
}

/** Everything of a document. Under its person, so that no id that a stranger chooses names somebody else's file. */
export const blobsOf = (userId: string, documentId: string): string => `kyc/${userId}/${documentId}`
/** As it came, until it is re-encoded. */
export const originalName = (userId: string, documentId: string, sha256: string): string =>
  `${blobsOf(userId, documentId)}/${sha256}`
export const pageName = (userId: string, documentId: string, page: number): string =>
  `${blobsOf(userId, documentId)}/page-${page}`
