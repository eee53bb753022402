// What I call a contact, and whether it is a favourite.
import { useState } from 'react'
import { useContactsText } from './contacts-texts.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { Switch } from '@bahi/web-ui/components/switch.tsx'
import { isContactName } from './contact-name.ts'

type Keep = { name: string; favourite: boolean }
type NameAndStarProps = Keep & { onSave: (keep: Keep) => void }

export function NameAndStar({ name, favourite, onSave }: NameAndStarProps) {
  const t = useContactsText()
  const [typed, setTyped] = useState(name)
  const [starred, setStarred] = useState(favourite)
  const [isChecked, setIsChecked] = useState(false)
  return (
    <form
      noValidate
      className="flex flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault()
        setIsChecked(true)
        if (isContactName(typed)) onSave({ name: typed.trim(), favourite: starred })
      }}
    >
      <Field
        label={t('contacts.name')}
        hint={t('contacts.name-hint')}
        fault={isChecked && !isContactName(typed) ? t('contacts.name-wrong') : undefined}
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
        autoComplete="off"
        maxLength={99}
      />
      <div className="-mx-3">
        <Switch label={t('contacts.favourite')} on={starred} onChange={setStarred} />
      </div>
      <Button type="submit" wide>
        {t('action.save')}
      </Button>
    </form>
  )
}
