// Changes what I call a contact, whether it is a favourite, or that I have it.
import { useState } from 'react'
import { vpaText } from '@bahi/contracts/formats.ts'
import type { Contact } from '../../contacts/my-contacts.ts'
import { useRegisteredPayee } from '../../accounts/use-registered-payee.ts'
import { threadPath } from '../../insight/thread-path.ts'
import { useContactsText } from './contacts-texts.ts'
import { useOnline } from '@bahi/web-ui/browser/online.ts'
import { Avatar } from '@bahi/web-ui/components/avatar.tsx'
import { Button, LinkButton } from '@bahi/web-ui/components/button.tsx'
import { NameAndStar } from './name-and-star.tsx'

type ChangeContactProps = {
  contact: Contact
  onSave: (keep: { name: string; favourite: boolean }) => void
  onRemove: () => void
}

export function ChangeContact({ contact, onSave, onRemove }: ChangeContactProps) {
  const t = useContactsText()
  const isOnline = useOnline()
  const { data: payee } = useRegisteredPayee(isOnline ? contact.vpa : '')
  const [removing, setRemoving] = useState(false)
  if (removing) {
    return (
      <>
        <p>{t('contacts.remove-text', { name: contact.name })}</p>
        <Button onClick={onRemove} wide>
          {t('contacts.remove')}
        </Button>
        <Button look="bare" onClick={() => setRemoving(false)}>
          {t('action.cancel')}
        </Button>
      </>
    )
  }
  return (
    <>
      <div className="flex items-center gap-3">
        <Avatar name={contact.name} />
        <div className="min-w-0 flex-1">
          <p className="truncate font-semibold">{vpaText(contact.vpa)}</p>
          {payee && (
            <p className="truncate text-sm text-soft">{t('contacts.registered-as', { name: payee.name })}</p>
          )}
        </div>
      </div>
      <NameAndStar name={contact.name} favourite={contact.favourite} onSave={onSave} />
      <LinkButton to={threadPath(contact.vpa)} look="quiet" wide>
        {t('contacts.thread')}
      </LinkButton>
      <Button look="bare" onClick={() => setRemoving(true)}>
        {t('contacts.remove')}
      </Button>
    </>
  )
}
