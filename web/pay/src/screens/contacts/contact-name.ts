// What may be called a name of a contact. Pure.
import { ContactName } from '@bahi/contracts/contacts.ts'

const pattern = new RegExp(`${(ContactName as { pattern?: string }).pattern}`, 'u')

export const isContactName = (typed: string) => typed.trim().length <= 99 && pattern.test(typed.trim())
