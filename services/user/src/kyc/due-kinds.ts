// The kinds of KYC's due work.

/** Key: a document. Scans and re-encodes its file. */
export const readFileKind = 'kyc-file'
/** Key: a document; payload: its person. */
export const deleteFilesKind = 'kyc-file-deletion'
/** Key: a submission. */
export const draftKind = 'kyc-draft'
export const claimKind = 'kyc-claim'
export const expiryKind = 'kyc-expiry'
/** Key: a submission and the days before its end. */
export const reminderKind = 'kyc-reminder'
