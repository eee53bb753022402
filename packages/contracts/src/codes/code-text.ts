// The text of a code or a link, as far as it is known before it is read.
import * as Type from 'typebox'

/** More than any code can say. */
export const maxCodeLength = 2_048

/** The text of a code or a link, as it was scanned: a signature is over its bytes. */
export const CodeText = Type.String({ minLength: 1, maxLength: maxCodeLength })

/** Blanks and what does not show: it stands around what was copied. */
const around = /^[\s\p{Cf}\p{Default_Ignorable_Code_Point}]+|[\s\p{Cf}\p{Default_Ignorable_Code_Point}]+$/gu

/** A scanned text without what stands around it: the bytes that a signature is over. */
export const codeText = (scanned: string): string => scanned.replaceAll(around, '')
