// What stands for a UPI ID where it must not be read: the stream of its events, and the mark of one that was erased.
import { deriveSecretId } from '@bahi/kit/crypto/derive-id.ts'
import type { Seal } from '@bahi/kit/crypto/seal.ts'

/** The same for the same UPI ID. The stream's name is in records that are never changed: it says nothing by itself. */
export const vpaStream = (seal: Pick<Seal, 'fingerprint'>, vpa: string): string =>
  deriveSecretId(seal, 0, 'account.vpa', vpa)
