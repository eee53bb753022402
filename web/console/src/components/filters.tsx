// Filters of a list live in its address: a link shows the same list, and back takes a filter away.
import { Field } from '@bahi/web-ui/components/field.tsx'
import { useState } from 'react'
import { useSearchParams } from 'react-router'

export function useFilters<const Name extends string>(names: readonly Name[]) {
  const [params, setParams] = useSearchParams()
  const filters = Object.fromEntries(
    names.flatMap((name) => {
      const value = params.get(name)
      return value ? [[name, value]] : []
    }),
  ) as Partial<Record<Name, string>>
  /** Nothing when it is that already: back leads to another list. */
  function setFilter(name: Name, value: string): void {
    if (value === (params.get(name) ?? '')) return
    const next = new URLSearchParams(params)
    if (value === '') next.delete(name)
    else next.set(name, value)
    setParams(next)
  }
  return { filters, setFilter }
}

/** What is typed for a filter. Another one, as after going back, takes its place. */
export function useTyped(value: string) {
  const [typed, setTyped] = useState(value)
  const [filter, setFilter] = useState(value)
  if (filter !== value) {
    setFilter(value)
    setTyped(value)
  }
  return [typed, setTyped] as const
}

type FilterFieldProps = { label: string; value: string; onValue: (value: string) => void }

/** A filter once it is left, or with Enter. */
export function FilterField({ label, value, onValue }: FilterFieldProps) {
  const [typed, setTyped] = useTyped(value)
  const give = () => onValue(typed.trim())
  return (
    <Field
      label={label}
      type="search"
      value={typed}
      onChange={({ target }) => setTyped(target.value)}
      onBlur={give}
      onKeyDown={({ key }) => key === 'Enter' && give()}
    />
  )
}
