// The sheet in which the history is filtered: which way, how it ended, when, and how much.
import { useState, type ReactNode } from 'react'
import { useText } from '../../language/language.ts'
import { parseRupees } from '@bahi/web-ui/format/rupees.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { RupeesField } from '@bahi/web-ui/components/rupees-field.tsx'
import { Sheet } from '@bahi/web-ui/components/sheet.tsx'
import { isoDateIndia } from '@bahi/web-ui/format/dates.ts'
import type { Filter } from './history-filter.ts'

type FilterSheetProps = {
  open: boolean
  filter: Filter
  onClose: () => void
  onChange: (filter: Filter) => void
}

export function FilterSheet({ open, filter, onClose, onChange }: FilterSheetProps) {
  const t = useText()
  return (
    <Sheet open={open} onClose={onClose} title={t('history.filter')}>
      <FilterForm filter={filter} onChange={onChange} />
    </Sheet>
  )
}

function FilterForm({ filter, onChange }: Pick<FilterSheetProps, 'filter' | 'onChange'>) {
  const t = useText()
  const [now, setNow] = useState(filter)
  const put = (part: { [name in keyof Filter]?: Filter[name] | undefined }) =>
    setNow({ ...now, ...part } as Filter)
  const isBackward = now.from && now.to ? now.from > now.to : false
  const isUpsideDown = (parseRupees(now.min ?? '') ?? 0) > (parseRupees(now.max ?? '') ?? Infinity)
  const today = isoDateIndia(new Date())
  return (
    <form
      noValidate
      className="flex flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault()
        if (isBackward || isUpsideDown) return
        onChange(Object.fromEntries(Object.entries(now).filter(([, value]) => value)) as Filter)
      }}
    >
      <Choice legend={t('history.direction')}>
        <Pick
          name="direction"
          text={t('history.any')}
          on={!now.direction}
          onPick={() => put({ direction: undefined })}
        />
        <Pick
          name="direction"
          text={t('history.only-paid')}
          on={now.direction === 'debit'}
          onPick={() => put({ direction: 'debit' })}
        />
        <Pick
          name="direction"
          text={t('history.only-received')}
          on={now.direction === 'credit'}
          onPick={() => put({ direction: 'credit' })}
        />
      </Choice>
      <Choice legend={t('history.status')}>
        <Pick
          name="status"
          text={t('history.any')}
          on={!now.status}
          onPick={() => put({ status: undefined })}
        />
        {(['settled', 'pending', 'failed'] as const).map((status) => (
          <Pick
            key={status}
            name="status"
            text={t(status === 'settled' ? 'history.only-settled' : `status.${status}`)}
            on={now.status === status}
            onPick={() => put({ status })}
          />
        ))}
      </Choice>
      <div className="grid grid-cols-2 gap-3">
        <Field
          className="col-span-2 min-[420px]:col-span-1"
          label={t('history.from')}
          type="date"
          max={today}
          value={now.from ?? ''}
          onChange={({ target }) => put({ from: target.value })}
        />
        <Field
          className="col-span-2 min-[420px]:col-span-1"
          label={t('history.to')}
          type="date"
          max={today}
          value={now.to ?? ''}
          fault={isBackward ? t('history.from-after-to') : undefined}
          onChange={({ target }) => put({ to: target.value })}
        />
        <RupeesField label={t('history.min')} value={now.min ?? ''} onChange={(min) => put({ min })} />
        <RupeesField
          label={t('history.max')}
          value={now.max ?? ''}
          fault={isUpsideDown ? t('history.min-above-max') : undefined}
          onChange={(max) => put({ max })}
        />
      </div>
      <div className="flex gap-3">
        <Button look="quiet" className="flex-1" onClick={() => onChange({})}>
          {t('history.clear')}
        </Button>
        <Button type="submit" className="flex-1">
          {t('history.show')}
        </Button>
      </div>
    </form>
  )
}

function Choice({ legend, children }: { legend: string; children: ReactNode }) {
  return (
    <fieldset>
      <legend className="mb-2 text-sm font-medium">{legend}</legend>
      <div className="flex flex-wrap gap-2">{children}</div>
    </fieldset>
  )
}

const pickShape =
  'relative flex min-h-11 cursor-pointer items-center rounded-full border border-line bg-card px-4 font-medium'
const pickedLook = 'has-checked:border-accent has-checked:bg-tint has-checked:text-accent'
const pickFocus =
  'has-focus-visible:outline-3 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent'

type PickProps = { name: string; text: string; on: boolean; onPick: () => void }

function Pick({ name, text, on, onPick }: PickProps) {
  return (
    <label className={`${pickShape} ${pickedLook} ${pickFocus}`}>
      <input type="radio" name={name} checked={on} onChange={onPick} className="sr-only" />
      {text}
    </label>
  )
}
