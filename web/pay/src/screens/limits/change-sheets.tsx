// The sheets in which one limit is changed: an amount or count, the hours, a payee.
import { normaliseVpa, splitVpa } from '@bahi/contracts/formats.ts'
import { useState } from 'react'
import { useOnline } from '@bahi/web-ui/browser/online.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { RupeesField } from '@bahi/web-ui/components/rupees-field.tsx'
import { Sheet } from '@bahi/web-ui/components/sheet.tsx'
import { parseRupees, rupeesText } from '@bahi/web-ui/format/rupees.ts'
import { useLanguage } from '../../language/language.ts'
import { useLimitsText } from './limits-texts.ts'
import { hoursOf, hourText, type HourRange } from './hours.ts'

export type AmountName = 'perTransactionPaise' | 'perDayPaise' | 'perDayCount' | 'perMonthPaise'
type SheetProps = { isBusy: boolean; onClose: () => void }

type AmountSheetProps = SheetProps & {
  name: AmountName
  value: number | undefined
  /** Undefined: no limit of one's own. */
  onSave: (value: number | undefined) => void
}

export function AmountSheet({ name, value, isBusy, onClose, onSave }: AmountSheetProps) {
  const t = useLimitsText()
  const isCount = name === 'perDayCount'
  const [typed, setTyped] = useState(value === undefined ? '' : isCount ? String(value) : rupeesText(value))
  const [isChecked, setIsChecked] = useState(false)
  const parsed = isCount ? parseCount(typed) : parseRupees(typed)
  const fault =
    isChecked && parsed === undefined ? t(isCount ? 'my-limits.count-none' : 'pay.amount-none') : undefined
  return (
    <Sheet open onClose={onClose} title={t(`my-limits.${name}`)}>
      <form
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          setIsChecked(true)
          if (parsed !== undefined) onSave(parsed)
        }}
      >
        {isCount ? (
          <Field
            label={t('my-limits.at-most')}
            inputMode="numeric"
            autoComplete="off"
            maxLength={3}
            value={typed}
            fault={fault}
            onChange={(event) => setTyped(event.target.value.replace(/\D/g, ''))}
          />
        ) : (
          <RupeesField label={t('my-limits.at-most')} value={typed} onChange={setTyped} fault={fault} />
        )}
        <SaveButtons isBusy={isBusy} onRemove={value === undefined ? undefined : () => onSave(undefined)} />
      </form>
    </Sheet>
  )
}

const parseCount = (text: string) => (/^\d{1,3}$/.test(text) ? Number(text) : undefined)

function SaveButtons({ isBusy, onRemove }: { isBusy: boolean; onRemove: (() => void) | undefined }) {
  const t = useLimitsText()
  const isOnline = useOnline()
  return (
    <>
      {!isOnline && <p className="text-wait">{t('my-limits.offline')}</p>}
      <Button type="submit" busy={isBusy} disabled={!isOnline} wide>
        {t('action.save')}
      </Button>
      {onRemove && (
        <Button look="bare" disabled={isBusy || !isOnline} onClick={onRemove}>
          {t('my-limits.remove')}
        </Button>
      )}
    </>
  )
}

type HoursSheetProps = SheetProps & {
  range: HourRange | undefined
  onSave: (hours: number[] | undefined) => void
}

export function HoursSheet({ range, isBusy, onClose, onSave }: HoursSheetProps) {
  const t = useLimitsText()
  const [from, setFrom] = useState(range?.from ?? 7)
  const [until, setUntil] = useState(range?.until ?? 22)
  return (
    <Sheet open onClose={onClose} title={t('my-limits.hours')}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          onSave(hoursOf({ from, until }))
        }}
      >
        <div className="grid grid-cols-2 gap-3">
          <HourChoice label={t('my-limits.hours-from')} value={from} onChange={setFrom} />
          <HourChoice label={t('my-limits.hours-until')} value={until} onChange={setUntil} />
        </div>
        <p role="status" className="text-sm text-soft">
          {t(from === until ? 'my-limits.hours-any' : 'my-limits.hours-india')}
        </p>
        <SaveButtons isBusy={isBusy} onRemove={range && (() => onSave(undefined))} />
      </form>
    </Sheet>
  )
}

type HourChoiceProps = { label: string; value: number; onChange: (hour: number) => void }

function HourChoice({ label, value, onChange }: HourChoiceProps) {
  const { language } = useLanguage()
  return (
    <label className="text-sm font-medium">
      {label}
      <select
        value={value}
        onChange={(event) => onChange(Number(event.target.value))}
        className="mt-1 block min-h-13 w-full rounded-2xl border border-line bg-card px-4 text-lg"
      >
        {Array.from({ length: 24 }, (_, hour) => (
          <option key={hour} value={hour}>
            {hourText(language, hour)}
          </option>
        ))}
      </select>
    </label>
  )
}

type PayeeLimits = { perDayPaise?: number; perMonthPaise?: number }
type PayeeSheetProps = SheetProps & {
  payee: ({ vpa: string } & PayeeLimits) | undefined
  onSave: (vpa: string, limits: PayeeLimits | undefined) => void
}

export function PayeeSheet({ payee, isBusy, onClose, onSave }: PayeeSheetProps) {
  const t = useLimitsText()
  const textOf = (paise: number | undefined) => (paise === undefined ? '' : rupeesText(paise))
  const [vpa, setVpa] = useState(payee?.vpa ?? '')
  const [day, setDay] = useState(textOf(payee?.perDayPaise))
  const [month, setMonth] = useState(textOf(payee?.perMonthPaise))
  const [isChecked, setIsChecked] = useState(false)
  const limits: PayeeLimits = {
    ...given('perDayPaise', parseRupees(day)),
    ...given('perMonthPaise', parseRupees(month)),
  }
  const isVpa = splitVpa(normaliseVpa(vpa)) !== undefined
  const isLimited = Object.keys(limits).length > 0
  return (
    <Sheet open onClose={onClose} title={t(payee ? 'my-limits.payee' : 'my-limits.add-payee')}>
      <form
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          setIsChecked(true)
          if (isVpa && isLimited) onSave(normaliseVpa(vpa), limits)
        }}
      >
        <Field
          label={t('my-limits.payee-vpa')}
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
          maxLength={255}
          value={vpa}
          readOnly={payee !== undefined}
          fault={isChecked && !isVpa ? t('my-limits.payee-wrong') : undefined}
          onChange={(event) => setVpa(event.target.value)}
        />
        <RupeesField label={t('my-limits.perDayPaise')} value={day} onChange={setDay} />
        <RupeesField
          label={t('my-limits.perMonthPaise')}
          value={month}
          onChange={setMonth}
          fault={isChecked && !isLimited ? t('my-limits.payee-none') : undefined}
        />
        <SaveButtons isBusy={isBusy} onRemove={payee && (() => onSave(payee.vpa, undefined))} />
      </form>
    </Sheet>
  )
}

const given = (name: keyof PayeeLimits, paise: number | undefined): PayeeLimits =>
  paise === undefined ? {} : { [name]: paise }
