// Changes of contacts that are not sent yet, and what the contacts are with them. Pure.
import type { Contact } from '@bahi/contracts/contacts.ts'

/** What the person wants of one UPI ID: to keep it so, or, without `keep`, to have it no more. */
export type ContactChange = { vpa: string; changedAt: string; keep?: { name: string; favourite: boolean } }

/** One change for each UPI ID: the latest. */
export function withChange(changes: ContactChange[], change: ContactChange): ContactChange[] {
  return [...changes.filter(({ vpa }) => vpa !== change.vpa), change]
}

/** Unless the person changed it again meanwhile. */
export function withoutChange(changes: ContactChange[], sent: ContactChange): ContactChange[] {
  return changes.filter(({ vpa, changedAt }) => vpa !== sent.vpa || changedAt !== sent.changedAt)
}

export function applyChanges(contacts: Contact[], changes: ContactChange[]): Contact[] {
  const changed = new Map(changes.map((change) => [change.vpa, change]))
  const kept = contacts.filter(({ vpa }) => !changed.has(vpa))
  const own = changes.flatMap(({ vpa, changedAt, keep }) => (keep ? [{ vpa, changedAt, ...keep }] : []))
  return [...kept, ...own]
}

/** Favourites first, each by name as the language sorts it. */
export function sortContacts(contacts: Contact[], language: string): Contact[] {
  const { compare } = new Intl.Collator(language, { sensitivity: 'base', numeric: true })
  return [...contacts].sort(
    (a, b) => Number(b.favourite) - Number(a.favourite) || compare(a.name, b.name) || compare(a.vpa, b.vpa),
  )
}

/** By any word of the name, or by the UPI ID; everything for nothing. */
export function searchContacts(contacts: Contact[], typed: string): Contact[] {
  const words = normalise(typed).split(/\s+/).filter(Boolean)
  return contacts.filter(({ name, vpa }) => {
    const text = `${normalise(name)} ${vpa}`
    return words.every((word) => text.includes(word))
  })
}

const normalise = (text: string) => text.normalize('NFKC').toLocaleLowerCase('en')
