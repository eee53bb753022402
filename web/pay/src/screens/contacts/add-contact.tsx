// Adds a contact: first its UPI ID, then, under the name that the bank has for it, what I call it.
import { normaliseVpa, splitVpa } from '@bahi/contracts/formats.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { useState } from 'react'
import type { Contact } from '../../contacts/my-contacts.ts'
import { useRegisteredPayee } from '../../accounts/use-registered-payee.ts'
import { useContactsText } from './contacts-texts.ts'
import { useOnline } from '@bahi/web-ui/browser/online.ts'
import { Avatar } from '@bahi/web-ui/components/avatar.tsx'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { ProblemNote } from '../../api/problem-states.tsx'
import { NameAndStar } from './name-and-star.tsx'

type AddContactProps = {
  /** What is typed at the beginning. */
  vpa: string
  known: Contact[]
  onSave: (contact: Omit<Contact, 'changedAt'>) => void
}

export function AddContact({ vpa, known, onSave }: AddContactProps) {
  const t = useContactsText()
  const isOnline = useOnline()
  const [typed, setTyped] = useState(vpa)
  const [asked, setAsked] = useState('')
  const [isChecked, setIsChecked] = useState(false)
  const own = normaliseVpa(typed)
  const isVpa = splitVpa(own) !== undefined
  const { data: payee, isFetching, error } = useRegisteredPayee(asked)
  const failed = asked === own && !isFetching ? error : null
  const isUnknown = failed instanceof Problem && failed.code === 'not-found'
  const there = known.find((one) => one.vpa === own)
  if (payee && asked === own && !there) {
    return (
      <>
        <div className="flex items-center gap-3 rounded-card bg-good-tint p-4">
          <Avatar name={payee.name} />
          <div className="min-w-0 flex-1">
            <p className="truncate font-semibold">{payee.name}</p>
            <p className="truncate text-sm text-good">{t('contacts.registered', { vpa: own })}</p>
          </div>
        </div>
        <NameAndStar
          name={payee.name}
          favourite={false}
          onSave={(keep) => onSave({ vpa: payee.vpa, ...keep })}
        />
      </>
    )
  }
  const fault = there
    ? t('contacts.already-added', { name: there.name })
    : isChecked && !isVpa
      ? t('contacts.vpa-wrong')
      : isUnknown
        ? t('contacts.vpa-not-found')
        : undefined
  return (
    <form
      noValidate
      className="flex flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault()
        setIsChecked(true)
        if (isVpa && !there) setAsked(own)
      }}
    >
      <Field
        label={t('contacts.vpa')}
        hint={t('contacts.vpa-hint')}
        fault={fault}
        value={typed}
        onChange={({ target }) => {
          setIsChecked(false)
          setTyped(target.value)
        }}
        inputMode="email"
        autoCapitalize="none"
        autoComplete="off"
        autoCorrect="off"
        spellCheck={false}
        maxLength={255}
        autoFocus
      />
      <ProblemNote error={isUnknown ? undefined : failed} />
      {!isOnline && <p className="text-wait">{t('contacts.needs-network')}</p>}
      <Button type="submit" busy={isFetching} disabled={!isOnline} wide>
        {t('action.continue')}
      </Button>
    </form>
  )
}
