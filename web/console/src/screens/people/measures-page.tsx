// Measures that wait for a second of the staff, and what became of the others.
import { measureStates } from '@bahi/contracts/measures.ts'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Select } from '@bahi/web-ui/components/select.tsx'
import { useFilters } from '../../components/filters.tsx'
import { SavedViews } from '../../components/saved-views.tsx'
import { useText } from '../../language/language.ts'
import { Measures } from './measures-of.tsx'

export function Component() {
  const t = useText()
  const { filters, setFilter } = useFilters(['state'])
  const state = measureStates.find((one) => one === filters.state) ?? 'requested'
  return (
    <Page title={t('measures.title')} width="wide">
      <div className="max-w-sm">
        <Select label={t('table.state')} value={state} onValue={(value) => setFilter('state', value)}>
          {measureStates.map((one) => (
            <option key={one} value={one}>
              {t(`measures.state-${one}`)}
            </option>
          ))}
        </Select>
      </div>
      <SavedViews list="measures" filters={filters} />
      <Measures key={state} filter={{ state }} withPerson />
    </Page>
  )
}
