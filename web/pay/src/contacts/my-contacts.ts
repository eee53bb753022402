// My contacts: the services' list with my unsent changes applied. Changes made offline are sent later.
import { listContacts, putContact, removeContact, type Contact } from '@bahi/contracts/contacts.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import { create } from 'zustand'
import { call } from '../api/client.ts'
import { serverNow } from '@bahi/web-ui/api/clock.ts'
import {
  applyChanges,
  sortContacts,
  withChange,
  withoutChange,
  type ContactChange,
} from './contact-changes.ts'
import { storage } from '../storage/storage.ts'
import { useLanguage } from '../language/language.ts'

export type { Contact }
const key = ['contacts']
const name = 'contact-changes'

type Changes = { changes: ContactChange[]; refused?: unknown }
const useChanges = create<Changes>()(() => ({ changes: [] }))

function store(changes: ContactChange[]): void {
  useChanges.setState({ changes })
  void storage.write(name, changes)
}

async function listAllContacts(): Promise<Contact[]> {
  const contacts: Contact[] = []
  for (let after: string | undefined; ;) {
    const page = await call(listContacts, { querystring: { limit: 500, ...(after ? { after } : {}) } })
    contacts.push(...page.contacts)
    if (!page.next) return contacts
    after = page.next
  }
}

/** Favourites first. `waiting` of the changes are on this device alone. */
export function useContacts() {
  const client = useQueryClient()
  const { language } = useLanguage()
  const { changes, refused } = useChanges()
  const { data, error, isPending, refetch } = useQuery({ queryKey: key, queryFn: listAllContacts })
  const contacts = useMemo(
    () => sortContacts(applyChanges(data ?? [], changes), language),
    [data, changes, language],
  )
  const change = (one: Omit<ContactChange, 'changedAt'>) => {
    useChanges.setState({ refused: undefined })
    store(
      withChange(useChanges.getState().changes, { ...one, changedAt: new Date(serverNow()).toISOString() }),
    )
    void sendChanges(client)
  }
  return {
    contacts,
    /** Nothing is known yet, not even from this device. */
    isPending: isPending && contacts.length === 0,
    error: contacts.length === 0 ? error : null,
    refetch,
    waiting: changes.length,
    /** Why the last change was refused, if it was. */
    refused,
    save: (vpa: string, { name, favourite }: { name: string; favourite: boolean }) =>
      change({ vpa, keep: { name, favourite } }),
    remove: (vpa: string) => change({ vpa }),
  }
}

export function useFavourites(): Contact[] {
  return useContacts().contacts.filter(({ favourite }) => favourite)
}

let sending: Promise<void> | undefined
/** Asked for while it ran: the network may have come back after the request that fails now had begun. */
let isAskedAgain = false

/** Sends pending changes, oldest first, until all are sent or the network is gone. */
export function sendChanges(client: QueryClient): Promise<void> {
  isAskedAgain = sending !== undefined
  sending ??= sendWhileAsked(client).finally(() => (sending = undefined))
  return sending
}

async function sendWhileAsked(client: QueryClient): Promise<void> {
  do {
    isAskedAgain = false
    await sendAll(client)
  } while (isAskedAgain)
}

async function sendAll(client: QueryClient): Promise<void> {
  for (let next: ContactChange | undefined; (next = useChanges.getState().changes[0]);) {
    const one = next
    try {
      const contact = await sendOne(one)
      // A list that is being fetched was made before this change.
      await client.cancelQueries({ queryKey: key })
      client.setQueryData<Contact[]>(
        key,
        (known) => known && [...known.filter(({ vpa }) => vpa !== one.vpa), ...(contact ? [contact] : [])],
      )
    } catch (error) {
      if (!(error instanceof Problem) || error.status >= 500 || [401, 429].includes(error.status)) return
      useChanges.setState({ refused: error })
    }
    store(withoutChange(useChanges.getState().changes, one))
  }
  void client.invalidateQueries({ queryKey: key })
}

async function sendOne({ vpa, changedAt, keep }: ContactChange): Promise<Contact | undefined> {
  if (keep) return (await call(putContact, { params: { vpa }, body: { ...keep, changedAt } })).contact
  await call(removeContact, { params: { vpa }, querystring: { changedAt } })
  return undefined
}

export async function restoreChanges(): Promise<void> {
  useChanges.setState({ changes: (await storage.read<ContactChange[]>(name)) ?? [] })
}

export const clearChanges = () => useChanges.setState({ changes: [], refused: undefined })
