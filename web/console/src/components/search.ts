// What somebody typed into the search: which kind of number or name it is.
import { vpaPattern } from '@bahi/contracts/formats.ts'
import { isUuid } from '@bahi/contracts/id.ts'
import { parsePhone } from '@bahi/contracts/phone.ts'

export type Search =
  | { by: 'rrn' | 'txnId' | 'id' | 'vpa'; value: string }
  | { by: 'phone'; value: string }
  /** Nothing that can be searched by. */
  | undefined

/** RRNs have twelve digits, and so has a phone with 91 before it: those begin with 91 and a digit from 6. */
export function readSearch(typed: string): Search {
  const text = typed.trim()
  if (isUuid(text)) return { by: 'id', value: text.toLowerCase() }
  if (/^[A-Za-z0-9]{35}$/.test(text)) return { by: 'txnId', value: text }
  if (new RegExp(vpaPattern).test(text)) return { by: 'vpa', value: text }
  if (/^[0-9]{12}$/.test(text) && !/^91[6-9]/.test(text)) return { by: 'rrn', value: text }
  const phone = parsePhone(text)
  if (phone !== undefined) return { by: 'phone', value: phone }
  return /^[0-9]{12}$/.test(text) ? { by: 'rrn', value: text } : undefined
}
