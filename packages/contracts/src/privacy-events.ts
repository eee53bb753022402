// The events of user about erasure and of looks at their own data; the stream is the person's.
import * as Type from 'typebox'
import { Timestamp, Uuid } from './formats.ts'

export const privacyEvents = {
  /** The account ends at `until`, unless the person cancels. */
  'user.erasure-requested': Type.Object({ userId: Uuid, until: Timestamp }),
  'user.erasure-cancelled': Type.Object({ userId: Uuid }),
  /** It ends soon. */
  'user.erasure-reminded': Type.Object({ userId: Uuid, until: Timestamp }),
  /** `reasons`: what was in the way; it is tried again at `until`. */
  'user.erasure-postponed': Type.Object({
    userId: Uuid,
    until: Timestamp,
    reasons: Type.Array(Type.String()),
  }),
  /** The account has ended; `until`: when the rest is erased. */
  'user.closed': Type.Object({ userId: Uuid, until: Timestamp }),
  'user.erased': Type.Object({ userId: Uuid }),
  'user.export-requested': Type.Object({ userId: Uuid, exportId: Uuid }),
  'user.export-made': Type.Object({ userId: Uuid, exportId: Uuid, sha256: Type.String(), until: Timestamp }),
  'user.export-fetched': Type.Object({ userId: Uuid, exportId: Uuid }),
  /** The person saw a page of a document of their own. */
  'user.kyc-own-page-viewed': Type.Object({
    ...{ userId: Uuid, submissionId: Uuid, documentId: Uuid, page: Type.Integer() },
  }),
} as const
