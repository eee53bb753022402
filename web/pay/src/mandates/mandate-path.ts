// Where a scanned or pasted code of a mandate is agreed to.
import { codeText } from '@bahi/contracts/codes/code-text.ts'

/** `/autopay/agree?code=upi%3A%2F%2Fmandate…` */
export const mandateCodePath = (text: string): string =>
  `/autopay/agree?${new URLSearchParams({ code: codeText(text) }).toString()}`
