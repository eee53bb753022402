// Indian mobile numbers: as people write them, as the services know them, as they are shown.
import { asciiDigits, withoutInvisible } from './digits.ts'

/** What people put between digits: blanks, dashes, dots, slashes, brackets. */
const separators = /[\s\p{Pd}\u2212()[\].,/·•]+/gu

/**
 * `98765 43210`, `+91 (0) 98765–43210`, `0091 98765 43210`, `098765 43210`, `tel:+919876543210` → `+919876543210`;
 * undefined when it is no Indian mobile number, or not one alone.
 */
export function parsePhone(typed: string): string | undefined {
  const text = asciiDigits(withoutInvisible(typed)).replace(/^\s*tel:/i, '')
  const bare = text.replaceAll(separators, '')
  // Behind a plus stands the country; without one the country and the trunk's zero may be missing.
  const [, local] = /^(?:\+91|(?:0{1,2})?91)?0?([6-9][0-9]{9})$/.exec(bare) ?? []
  return local === undefined ? undefined : `+91${local}`
}

/** Whether what is typed so far may become a mobile number. */
export function mayBecomePhone(typed: string): boolean {
  const bare = asciiDigits(withoutInvisible(typed)).replaceAll(separators, '')
  return /^(?:\+(?:9(?:10?(?:[6-9][0-9]{0,9})?)?)?|0{0,2}(?:91)?0?(?:[6-9][0-9]{0,9})?)$/.test(bare)
}

/** `+91 98765 43210` */
export function formatPhone(phone: string): string {
  return phone.replace(/^(\+91)(\d{5})(\d{5})$/, '$1 $2 $3')
}
