// Whom I know: found by name or UPI ID, favourites first, each a tap from being paid; added, changed and removed here.
import { vpaText } from '@bahi/contracts/formats.ts'
import { useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { searchContacts } from '../../contacts/contact-changes.ts'
import { useContacts, type Contact } from '../../contacts/my-contacts.ts'
import { useContactsText } from './contacts-texts.ts'
import { Avatar } from '@bahi/web-ui/components/avatar.tsx'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Sheet } from '@bahi/web-ui/components/sheet.tsx'
import { Empty, Note, Skeleton } from '@bahi/web-ui/components/states.tsx'
import { ProblemState, ProblemNote } from '../../api/problem-states.tsx'
import { AddContact } from './add-contact.tsx'
import { ChangeContact } from './change-contact.tsx'

export function Component() {
  const t = useContactsText()
  const { contacts, isPending, error, refetch, refused, waiting, save, remove } = useContacts()
  // Other screens lead here with whom to add: `/contacts?add=ravi@bahi`.
  const [query, setQuery] = useSearchParams()
  const adding = query.get('add')
  const [typed, setTyped] = useState('')
  const [changing, setChanging] = useState<Contact>()
  const [said, setSaid] = useState('')
  const shown = searchContacts(contacts, typed)
  const add = (vpa: string) => setQuery({ add: vpa }, { replace: true })
  const endAdding = () => setQuery({}, { replace: true })
  const [favourites, others] = [shown.filter((one) => one.favourite), shown.filter((one) => !one.favourite)]
  const star = (contact: Contact) => {
    save(contact.vpa, { name: contact.name, favourite: !contact.favourite })
    setSaid(t(contact.favourite ? 'contacts.unstarred' : 'contacts.starred', { name: contact.name }))
  }
  return (
    <Page
      title={t('contacts.title')}
      back="/profile"
      action={
        <Button look="quiet" className="px-4" onClick={() => add('')}>
          <Icon name="plus" className="size-5" />
          {t('contacts.add')}
        </Button>
      }
    >
      {contacts.length > 0 && (
        <Field
          label={t('contacts.search')}
          type="search"
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
          autoComplete="off"
          before={<Icon name="search" className="size-5" />}
        />
      )}
      <ProblemNote error={refused} />
      {waiting > 0 && <Note tone="wait">{t('contacts.waiting', { count: waiting })}</Note>}
      <p role="status" className="sr-only">
        {typed === '' ? said : t('contacts.found', { count: shown.length })}
      </p>
      {isPending && !error && <Skeleton lines={4} />}
      {error && <ProblemState error={error} again={() => void refetch()} />}
      {!isPending && !error && contacts.length === 0 && (
        <Empty icon="person" title={t('contacts.none')}>
          <p className="text-soft">{t('contacts.none-text')}</p>
          <Button onClick={() => add('')}>{t('contacts.add-first')}</Button>
        </Empty>
      )}
      {contacts.length > 0 && shown.length === 0 && (
        <Empty icon="search" title={t('contacts.not-found', { typed })}>
          <Button look="quiet" onClick={() => add(typed.includes('@') ? typed.trim() : '')}>
            {t('contacts.add')}
          </Button>
        </Empty>
      )}
      <List title={t('contacts.favourites')} contacts={favourites} onStar={star} onChange={setChanging} />
      <List
        title={t(favourites.length > 0 ? 'contacts.others' : 'contacts.all')}
        contacts={others}
        onStar={star}
        onChange={setChanging}
      />
      <Sheet open={adding !== null} onClose={endAdding} title={t('contacts.add-title')}>
        <AddContact
          vpa={adding ?? ''}
          known={contacts}
          onSave={(contact) => {
            save(contact.vpa, contact)
            setSaid(t('contacts.saved', { name: contact.name }))
            endAdding()
          }}
        />
      </Sheet>
      <Sheet
        open={changing !== undefined}
        onClose={() => setChanging(undefined)}
        title={t('contacts.change-title')}
      >
        {changing && (
          <ChangeContact
            contact={changing}
            onSave={(keep) => {
              save(changing.vpa, keep)
              setSaid(t('contacts.saved', { name: keep.name }))
              setChanging(undefined)
            }}
            onRemove={() => {
              remove(changing.vpa)
              setSaid(t('contacts.removed', { name: changing.name }))
              setChanging(undefined)
            }}
          />
        )}
      </Sheet>
    </Page>
  )
}

type ListProps = {
  title: string
  contacts: Contact[]
  onStar: (contact: Contact) => void
  onChange: (contact: Contact) => void
}

function List({ title, contacts, onStar, onChange }: ListProps) {
  const t = useContactsText()
  if (contacts.length === 0) return null
  return (
    <section>
      <h2 className="mb-1 text-sm font-semibold text-soft">{title}</h2>
      <ul className="-mx-3 flex flex-col">
        {contacts.map((contact) => (
          <li key={contact.vpa} className="flex items-center gap-1 rounded-2xl pr-1 hover:bg-sunk">
            <Link
              to={`/pay/${encodeURIComponent(contact.vpa)}`}
              className="flex min-h-16 min-w-0 flex-1 items-center gap-3 rounded-2xl px-3 py-2"
            >
              <Avatar name={contact.name} />
              <span className="min-w-0 flex-1">
                <span className="block truncate font-medium">{contact.name}</span>
                <span className="block truncate text-sm text-soft">{vpaText(contact.vpa)}</span>
              </span>
            </Link>
            <button
              type="button"
              aria-pressed={contact.favourite}
              aria-label={t('contacts.star', { name: contact.name })}
              onClick={() => onStar(contact)}
              className={`grid size-11 place-items-center rounded-full hover:bg-card ${contact.favourite ? 'text-wait [&_path]:fill-current' : 'text-soft'}`}
            >
              <Icon name="star" />
            </button>
            <button
              type="button"
              aria-label={t('contacts.change', { name: contact.name })}
              onClick={() => onChange(contact)}
              className="grid size-11 place-items-center rounded-full text-soft hover:bg-card"
            >
              <Icon name="edit" className="size-5" />
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
