// A box for what is searched. What was searched, as after going back, takes the place of what is typed.
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { useText } from '../language/language.ts'
import { useTyped } from './filters.tsx'

type SearchBoxProps = {
  searched: string
  label: string
  hint: string
  fault: string | undefined
  busy?: boolean
  onSearch: (typed: string) => void
}

export function SearchBox({ searched, label, hint, fault, busy, onSearch }: SearchBoxProps) {
  const t = useText()
  const [text, setText] = useTyped(searched)
  return (
    <form
      role="search"
      className="flex flex-wrap items-start gap-3"
      onSubmit={(event) => {
        event.preventDefault()
        onSearch(text.trim())
      }}
    >
      <Field
        className="min-w-0 flex-1"
        label={label}
        hint={hint}
        fault={fault}
        type="search"
        value={text}
        onChange={({ target }) => setText(target.value)}
      />
      <Button type="submit" className="mt-6" busy={busy}>
        {t('payments.find')}
      </Button>
    </form>
  )
}
