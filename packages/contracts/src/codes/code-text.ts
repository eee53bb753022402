// The text of a code or a link, as far as it is known before it is read.

/** More than any code can say. */
export const maxCodeLength = 2_048
/** Blanks and what does not show: it stands around what was copied. */
const around = /^[\s\p{Cf}\p{Default_Ignorable_Code_Point}]+|[\s\p{Cf}\p{Default_Ignorable_Code_Point}]+$/gu

/** A scanned text without what stands around it: the bytes that a signature is over. */
export const codeText = (scanned: string): string => scanned.replaceAll(around, '')
