// UPI's number of a mandate, and what it says.
import { normaliseVpa } from './formats.ts'

/** UPI's mandate number of a mandate: its id at the handle of the payer's PSP. */
export function umnOf(id: string, handle: string): string {
  return `${id.replaceAll('-', '')}@${handle}`.toLowerCase()
}

/** The handle in a mandate number, or in a UPI ID: of the app that keeps the mandate, or whose UPI ID it is. */
export const appOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase()

/** The id in a mandate number of ours; undefined when it is none. */
export function mandateIdIn(umn: string): string | undefined {
  const [, hex] = /^([0-9a-f]{32})@/.exec(normaliseVpa(umn)) ?? []
  return hex?.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/**
 * What a PIN block names of a mandate: the id in its number, by which its bank knows it whichever app keeps it. It is
 * that of the record, unless the number came from another app.
 */
export const idForPin = ({ id, umn }: { id: string; umn?: string | undefined }): string =>
  (umn === undefined ? undefined : mandateIdIn(umn)) ?? id
