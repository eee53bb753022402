// The terms of a mandate, which its payer makes or its payee asks for: what for, how much, how often, until when.
import { formatRupees } from '@bahi/contracts/formats.ts'
import { lastDayOf, mandateRulesAt, termsFault, type MandateTerms } from '@bahi/contracts/mandate-rules.ts'
import { addDays, isDate, istDateOf, Recurrence, type IstDate } from '@bahi/contracts/recurrence.ts'
import { useId, useState } from 'react'
import { serverNow } from '@bahi/web-ui/api/clock.ts'
import { useMandateText } from '../../mandates/mandate-text.ts'
import { PayeeHeader, type KnownPayee } from '../../payments/payee-header.tsx'
import { cleanNote } from '../../payments/send-money.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Choice } from '@bahi/web-ui/components/choice.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { RupeesField } from '@bahi/web-ui/components/rupees-field.tsx'
import { Select } from '@bahi/web-ui/components/select.tsx'
import { Switch } from '@bahi/web-ui/components/switch.tsx'
import { parseRupees } from '@bahi/web-ui/format/rupees.ts'
import { useMandateTexts } from './mandate-texts.ts'

const dayTypes = ['ON', 'BEFORE', 'AFTER'] as const

export type Draft = {
  name: string
  rupees: string
  amountRule: MandateTerms['amountRule']
  recurrence: Recurrence
  dayType: (typeof dayTypes)[number]
  day: number
  validFrom: string
  validTo: string
  blockFunds: boolean
}

const emptyDraft = (today: IstDate): Draft => ({
  ...{ name: '', rupees: '', amountRule: 'EXACT', recurrence: 'MONTHLY', dayType: 'ON' },
  ...{ day: Number(addDays(today, 2).slice(8)), validFrom: addDays(today, 2), validTo: addDays(today, 366) },
  blockFunds: false,
})

type TermsFormProps = {
  title: string
  back: string
  /** Who fills it in. */
  by: 'payer' | 'payee'
  payee: KnownPayee
  /** Whom the payee asks: they are named above the terms. */
  asked?: KnownPayee
  /** As it was filled in before. */
  first: Draft | undefined
  onTerms: (entered: { name: string; terms: MandateTerms }, draft: Draft) => void
}

/** Only a merchant names amounts itself: for a person each debit is the same. */
function termsOf(draft: Draft, isMerchant: boolean): MandateTerms {
  const amountRule = isMerchant ? draft.amountRule : 'EXACT'
  // Up to an amount there is no date on which the platform could debit: the merchant asks when it is due.
  const recurrence = amountRule === 'MAX' ? 'ASPRESENTED' : draft.recurrence
  const lastDay = lastDayOf(recurrence)
  return {
    ...{ amountRule, amountPaise: parseRupees(draft.rupees) ?? 0, recurrence },
    ...(lastDay === undefined ? {} : { dayRule: { type: draft.dayType, day: Math.min(draft.day, lastDay) } }),
    ...{ validFrom: draft.validFrom, validTo: draft.validTo, revocable: true },
    blockFunds: recurrence === 'ONETIME' && draft.blockFunds,
  }
}

export function TermsForm({ title, back, by, payee, asked, first, onTerms }: TermsFormProps) {
  const t = useMandateTexts()
  const form = useId()
  const { weekday } = useMandateText()
  const now = new Date(serverNow())
  const today = istDateOf(now)
  const rules = mandateRulesAt(now)
  const [draft, setDraft] = useState<Draft>(first ?? emptyDraft(today))
  const [isChecked, setIsChecked] = useState(false)
  const put = (part: Partial<Draft>) => setDraft({ ...draft, ...part })
  const isMerchant = payee.kind === 'merchant'
  const name = draft.name.trim()
  const terms = termsOf(draft, isMerchant)
  const { recurrence, validTo } = terms
  const lastDay = lastDayOf(recurrence)
  const latest = addDays(today, rules.maxValidityDays)
  const wrong =
    terms.amountPaise < 1 ? undefined : termsFault(terms, rules, { today, mcc: payee.mcc ?? '0000' })
  const lastDayFault =
    !isDate(validTo) || validTo < draft.validFrom
      ? 'schedules.day-wrong'
      : validTo > latest
        ? 'autopay.day-late'
        : 'autopay.no-debit'
  const maxHint = by === 'payer' ? t('autopay.max-hint', { name: payee.name }) : t('autopay.own-max-hint')
  const fault = (field: keyof MandateTerms, text: string) =>
    isChecked && wrong?.field === field ? text : undefined
  const amountFault =
    isChecked && terms.amountPaise < 1
      ? t('pay.amount-none')
      : fault('amountPaise', t('autopay.amount-most', { amount: formatRupees(rules.maxPaise) }))
  return (
    <Page
      title={title}
      quiet
      head={<PayeeHeader payee={asked ?? payee} isCompact />}
      back={back}
      width="flow"
      footer={
        <Button type="submit" form={form} wide>
          {t('action.continue')}
        </Button>
      }
    >
      <form
        id={form}
        noValidate
        className="flex flex-col gap-5"
        onSubmit={(event) => {
          event.preventDefault()
          setIsChecked(true)
          if (name !== '' && terms.amountPaise >= 1 && !wrong) onTerms({ name, terms }, draft)
        }}
      >
        <Field
          label={t('autopay.name')}
          value={draft.name}
          maxLength={50}
          autoComplete="off"
          onChange={({ target }) => put({ name: cleanNote(target.value) })}
          fault={isChecked && name === '' ? t('autopay.name-none') : undefined}
        />
        {isMerchant && (
          <div className="-mx-3">
            <Choice
              label={t('autopay.how-much')}
              options={(['EXACT', 'MAX'] as const).map((value) => ({
                value,
                text: t(`autopay.rule-${value}`),
              }))}
              value={draft.amountRule}
              onChange={(amountRule) => put({ amountRule })}
            />
          </div>
        )}
        <RupeesField
          label={t(terms.amountRule === 'MAX' ? 'autopay.each-most' : 'pay.amount')}
          value={draft.rupees}
          onChange={(rupees) => put({ rupees })}
          hint={terms.amountRule === 'MAX' ? maxHint : undefined}
          fault={amountFault}
        />
        {terms.amountRule === 'EXACT' && (
          <Select
            label={t('schedules.often')}
            value={draft.recurrence}
            onValue={(value) => put({ recurrence: value as Recurrence })}
          >
            {Recurrence.enum.map((one) => (
              <option key={one} value={one}>
                {t(`schedules.${one}`)}
              </option>
            ))}
          </Select>
        )}
        {lastDay !== undefined && (
          <div className="grid grid-cols-2 gap-3">
            <Select
              label={t('autopay.day-rule')}
              value={draft.dayType}
              onValue={(value) => put({ dayType: value as Draft['dayType'] })}
            >
              {dayTypes.map((one) => (
                <option key={one} value={one}>
                  {t(`autopay.rule-${one}`)}
                </option>
              ))}
            </Select>
            <Select
              label={t('schedules.day')}
              value={String(terms.dayRule?.day)}
              onValue={(value) => put({ day: Number(value) })}
            >
              {Array.from({ length: lastDay }, (_, at) => (
                <option key={at} value={at + 1}>
                  {recurrence === 'WEEKLY' ? weekday(at + 1) : at + 1}
                </option>
              ))}
            </Select>
          </div>
        )}
        <div className="grid gap-5 sm:grid-cols-2 sm:gap-3">
          <Field
            label={t('schedules.first-day')}
            type="date"
            min={today}
            value={draft.validFrom}
            onChange={({ target }) => put({ validFrom: target.value })}
            fault={fault('validFrom', t('schedules.day-wrong'))}
          />
          <Field
            label={t('schedules.last-day')}
            type="date"
            min={draft.validFrom}
            max={latest}
            value={draft.validTo}
            onChange={({ target }) => put({ validTo: target.value })}
            fault={fault('validTo', t(lastDayFault))}
          />
        </div>
        {recurrence === 'ONETIME' && !asked && (
          <div className="-mx-3">
            <Switch
              label={t('autopay.block')}
              under={t(by === 'payer' ? 'autopay.block-more' : 'autopay.own-block-more')}
              on={draft.blockFunds}
              onChange={(blockFunds) => put({ blockFunds })}
            />
          </div>
        )}
      </form>
    </Page>
  )
}
