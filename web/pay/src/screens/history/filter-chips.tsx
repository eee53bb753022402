// What the history is filtered by, each to be taken away again.
import { formatRupees, vpaText } from '@bahi/contracts/formats.ts'
import { useLanguage, useText } from '../../language/language.ts'
import { parseRupees } from '@bahi/web-ui/format/rupees.ts'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { startOfDay, formatDay } from '@bahi/web-ui/format/dates.ts'
import { filterNames, type Filter, type FilterName } from './history-filter.ts'

type FilterChipsProps = { filter: Filter; onChange: (filter: Filter) => void }

export function FilterChips({ filter, onChange }: FilterChipsProps) {
  const t = useText()
  const { language } = useLanguage()
  const names = filterNames.filter((name) => filter[name] !== undefined)
  if (names.length === 0) return null

  const textOf = (name: FilterName): string => {
    const value = filter[name]!
    if (name === 'direction') return t(value === 'credit' ? 'history.only-received' : 'history.only-paid')
    if (name === 'status')
      return t(value === 'settled' ? 'history.only-settled' : `status.${value as 'pending'}`)
    if (name === 'vpa') return vpaText(value)
    if (name === 'from' || name === 'to')
      return t(`history.${name}-is`, { date: formatDay(language, startOfDay(value)) })
    return t(`history.${name}-is`, { amount: formatRupees(parseRupees(value) ?? 0) })
  }
  const without = (name: FilterName) => {
    const { [name]: _gone, ...rest } = filter
    onChange(rest)
  }
  return (
    <ul className="flex flex-wrap gap-2" aria-label={t('history.filtered')}>
      {names.map((name) => (
        <li key={name}>
          <button
            type="button"
            onClick={() => without(name)}
            aria-label={t('history.without', { filter: textOf(name) })}
            className="flex min-h-11 items-center gap-1 rounded-full bg-tint px-4 text-sm font-medium text-accent"
          >
            <span className="max-w-56 truncate">{textOf(name)}</span>
            <Icon name="cross" className="size-4" />
          </button>
        </li>
      ))}
    </ul>
  )
}
