// What is planned: how much, what for, on which day, how often and until when, with the days that follow from it.
import { addDays, isDate, istDateOf, occurrence, Recurrence } from '@bahi/contracts/recurrence.ts'
import { rulesAt } from '@bahi/contracts/rules.ts'
import { scheduleRules } from '@bahi/contracts/schedule-rules.ts'
import { useId, useState, type ReactNode } from 'react'
import { serverNow } from '@bahi/web-ui/api/clock.ts'
import { useText } from '../../language/language.ts'
import { NoteField } from '../../payments/note-field.tsx'
import { useOnline } from '@bahi/web-ui/browser/online.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Choice } from '@bahi/web-ui/components/choice.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { RupeesField } from '@bahi/web-ui/components/rupees-field.tsx'
import { Select } from '@bahi/web-ui/components/select.tsx'
import { parseRupees } from '@bahi/web-ui/format/rupees.ts'
import { useScheduleText } from './schedule-text.ts'

export type Planned = {
  rupees: string
  note: string
  recurrence: Recurrence
  on: string
  ends: 'never' | 'on' | 'after'
  until: string
  count: string
}

/** What is sent of it; undefined: something is missing. */
export function planOf({ rupees, note, recurrence, on, ends, until, count }: Planned, first: string) {
  const amountPaise = parseRupees(rupees)
  const isEnding = recurrence !== 'ONETIME'
  const times = Number(count)
  const { maxCount } = rulesNow()
  if (amountPaise === undefined || amountPaise < 1 || !isDate(on) || on < first) return undefined
  if (isEnding && ends === 'on' && (!isDate(until) || until < on)) return undefined
  if (isEnding && ends === 'after' && !(Number.isInteger(times) && times >= 1 && times <= maxCount))
    return undefined
  return {
    ...{ amountPaise, recurrence, on },
    ...(note.trim() ? { note: note.trim() } : {}),
    ...(isEnding && ends === 'on' ? { until } : {}),
    ...(isEnding && ends === 'after' ? { count: times } : {}),
  }
}

const rulesNow = () => rulesAt(scheduleRules, new Date(serverNow()))

const maxShown = 3

type PlanFormProps = {
  title: string
  head: ReactNode
  back: string
  first: Planned
  /** The earliest day that can be chosen. */
  earliest?: string
  /** Dates of it that were before. */
  before?: number
  /** The choice of the account that pays. */
  from: ReactNode
  submit: string
  busy: boolean
  error: ReactNode
  onPlan: (plan: NonNullable<ReturnType<typeof planOf>>) => void
}

export function PlanForm({
  title,
  head,
  back,
  first,
  before = 0,
  from,
  submit,
  busy,
  error,
  onPlan,
  ...more
}: PlanFormProps) {
  const t = useText()
  const form = useId()
  const isOnline = useOnline()
  const text = useScheduleText()
  const [now, setNow] = useState(first)
  const [isChecked, setIsChecked] = useState(false)
  const put = (part: Partial<Planned>) => setNow({ ...now, ...part })
  const today = istDateOf(new Date(serverNow()))
  const { maxAheadDays, maxCount } = rulesNow()
  const earliest = more.earliest !== undefined && more.earliest > today ? more.earliest : today
  const plan = planOf(now, earliest)
  const isRepeated = now.recurrence !== 'ONETIME'
  // Of the days alone: the amount may still be missing.
  const days = planOf({ ...now, rupees: '1' }, earliest)
  const shown = days ? previewOf(days, before) : []
  const fault = (
    isWrong: boolean,
    key: 'pay.amount-none' | 'schedules.day-wrong' | 'schedules.count-wrong',
  ) => (isChecked && isWrong ? t(key, { most: maxCount.toLocaleString('en-IN') }) : undefined)
  return (
    <Page
      title={title}
      quiet
      head={head}
      back={back}
      width="flow"
      footer={
        <Button type="submit" form={form} wide busy={busy} disabled={!isOnline}>
          {submit}
        </Button>
      }
    >
      {error}
      {from}
      <form
        id={form}
        noValidate
        className="flex flex-col gap-5"
        onSubmit={(event) => {
          event.preventDefault()
          setIsChecked(true)
          if (plan) onPlan(plan)
        }}
      >
        <RupeesField
          label={t('pay.amount')}
          value={now.rupees}
          onChange={(rupees) => put({ rupees })}
          fault={fault((parseRupees(now.rupees) ?? 0) < 1, 'pay.amount-none')}
        />
        <NoteField note={now.note} onNote={(note) => put({ note })} />
        <Select
          label={t('schedules.often')}
          value={now.recurrence}
          onValue={(value) => put({ recurrence: value as Recurrence })}
        >
          {Recurrence.enum.map((one) => (
            <option key={one} value={one}>
              {text.often(one)}
            </option>
          ))}
        </Select>
        <Field
          label={t(before > 0 ? 'schedules.next-day' : isRepeated ? 'schedules.first-day' : 'schedules.day')}
          type="date"
          min={earliest}
          max={addDays(today, maxAheadDays)}
          value={now.on}
          onChange={({ target }) => put({ on: target.value })}
          fault={fault(!isDate(now.on) || now.on < earliest, 'schedules.day-wrong')}
        />
        {isRepeated && (
          <div className="-mx-3">
            <Choice
              label={t('schedules.ends')}
              options={(['never', 'on', 'after'] as const).map((value) => ({
                value,
                text: t(`schedules.ends-${value}`),
              }))}
              value={now.ends}
              onChange={(ends) => put({ ends })}
            />
          </div>
        )}
        {isRepeated && now.ends === 'on' && (
          <Field
            label={t('schedules.last-day')}
            type="date"
            min={now.on}
            value={now.until}
            onChange={({ target }) => put({ until: target.value })}
            fault={fault(!isDate(now.until) || now.until < now.on, 'schedules.day-wrong')}
          />
        )}
        {isRepeated && now.ends === 'after' && (
          <Field
            label={t('schedules.count')}
            inputMode="numeric"
            value={now.count}
            maxLength={4}
            onChange={({ target }) => put({ count: target.value.replaceAll(/\D/g, '') })}
            fault={fault(!(Number(now.count) >= 1 && Number(now.count) <= maxCount), 'schedules.count-wrong')}
          />
        )}
        {shown.length > 0 && (
          <p aria-live="polite" className="rounded-2xl bg-sunk px-4 py-3">
            {t('schedules.preview', { dates: shown.map(text.day).join(' · ') })}
          </p>
        )}
        <p className="text-sm text-soft">{t('schedules.hint')}</p>
      </form>
    </Page>
  )
}

/** The first days of a plan. */
function previewOf(
  { on, recurrence, ...plan }: NonNullable<ReturnType<typeof planOf>>,
  before: number,
): string[] {
  const { until, count } = plan as { until?: string; count?: number }
  const left = count === undefined ? maxShown : Math.min(count - before, maxShown)
  return Array.from({ length: Math.max(left, 0) }, (_, n) => occurrence(on, recurrence, n)).filter(
    (date): date is string => date !== undefined && (until === undefined || date <= until),
  )
}
