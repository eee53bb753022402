// Which UPI IDs may be asked for: checked while one types, before the services refuse it.

const minName = 3
const maxName = 50
export type VpaFault = 'short' | 'long' | 'letters' | 'edges' | 'reserved'

/** Reserved names, ours and authorities': refused in any part. The services know more of them. */
const reserved = new Set([
  'admin',
  'bahi',
  'bank',
  'upi',
  'npci',
  'rbi',
  'bhim',
  'support',
  'help',
  'official',
])

/** What was typed as the part before the @: small letters, no spaces, and no handle of another bank. */
export const nameTyped = (typed: string) =>
  typed.trim().toLowerCase().replace(/@.*$/, '').replaceAll(/\s+/g, '')

/** @param name the part before the @ */
export function faultOf(name: string): VpaFault | undefined {
  if (!/^[a-z0-9._-]*$/.test(name)) return 'letters'
  if (/^[._-]|[._-]{2}/.test(name)) return 'edges'
  if (name.length > maxName) return 'long'
  if (name.length < minName) return 'short'
  if (/[._-]$/.test(name)) return 'edges'
  return name.split(/[._-]/).some((part) => reserved.has(part)) ? 'reserved' : undefined
}
