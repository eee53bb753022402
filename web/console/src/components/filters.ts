// Filters of a list live in its address: a link shows the same list, and back takes a filter away.
import { useSearchParams } from 'react-router'

export function useFilters<const Name extends string>(names: readonly Name[]) {
  const [params, setParams] = useSearchParams()
  const filters = Object.fromEntries(
    names.flatMap((name) => {
      const value = params.get(name)
      return value ? [[name, value]] : []
    }),
  ) as Partial<Record<Name, string>>
  function setFilter(name: Name, value: string): void {
    const next = new URLSearchParams(params)
    if (value === '') next.delete(name)
    else next.set(name, value)
    setParams(next)
  }
  return { filters, setFilter }
}
