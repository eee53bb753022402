// Formats of JSON Schema that a pattern cannot say: the same functions check a form of the app and a request.
import { parseEmail } from './email.ts'
import { isPersonName } from './person-name.ts'

/** By the name that a schema gives as `format`. */
export const textFormats: Record<string, (text: string) => boolean> = {
  'person-name': isPersonName,
  /** Also in another script; stored by `parseEmail`. */
  'idn-email': (text) => parseEmail(text) !== undefined,
}
