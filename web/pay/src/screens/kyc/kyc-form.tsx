// The form of a submission: name, birthday, PAN, Aadhaar number and address, with the checks that the service makes.
import type { Input } from '@bahi/contracts/call.ts'
import type { KycView, saveKyc } from '@bahi/contracts/kyc.ts'
import {
  ageOn,
  indianStates,
  isAadhaar,
  isPinCodeOf,
  panFault,
  type IndianState,
} from '@bahi/contracts/kyc-forms.ts'
import type { KycTier } from '@bahi/contracts/kyc-rules.ts'
import { isPersonName } from '@bahi/contracts/person-name.ts'
import { isDate, istDateOf } from '@bahi/contracts/recurrence.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { Select } from '@bahi/web-ui/components/select.tsx'
import { useForm } from 'react-hook-form'
import { serverNow } from '@bahi/web-ui/api/clock.ts'
import { ProblemNote } from '../../api/problem-states.tsx'
import { useLanguage } from '../../language/language.ts'
import { useKycText } from './kyc-texts.ts'
import { stateName } from './state-name.ts'
import { useSaveKyc } from './use-kyc.ts'

type Before = NonNullable<KycView['submission']>['form']
type Typed = {
  name: string
  bornOn: string
  pan: string
  aadhaar: string
  line1: string
  line2: string
  city: string
  state: IndianState
  pinCode: string
}

type KycFormProps = {
  id: string
  tier: KycTier
  view: KycView
  /** Of the submission itself, or of the one before it. */
  before: Before
  onSaved?: () => void
}

export function KycForm({ id, tier, view, before, onSaved }: KycFormProps) {
  const t = useKycText()
  const { language } = useLanguage()
  const saving = useSaveKyc()
  const needsAddress = view.rules.tiers[tier].needsAddress
  // What is stored stays when it is not typed again; of an older submission nothing can be kept.
  const keeps = view.submission?.id === id ? before : undefined
  const { address } = before
  const form = useForm<Typed>({
    defaultValues: {
      ...{ name: before.name, bornOn: before.bornOn, pan: '', aadhaar: '' },
      ...{ line1: address?.line1 ?? '', line2: address?.line2 ?? '', city: address?.city ?? '' },
      ...{ state: (address?.state ?? 'KA') as IndianState, pinCode: address?.pinCode ?? '' },
    },
  })
  const { errors } = form.formState
  const state = form.watch('state')
  const { minimumAge } = view.rules
  const isOldEnough = (day: string) => {
    const age = isDate(day) ? ageOn(day, istDateOf(new Date(serverNow()))) : -1
    return age >= minimumAge && age <= 120
  }
  return (
    <form
      noValidate
      className="flex flex-col gap-5"
      onSubmit={(event) =>
        void form
          .handleSubmit(async (typed) => {
            await saving.mutateAsync({ id, body: bodyOf(tier, typed, needsAddress) })
            onSaved?.()
          })(event)
          .catch(() => undefined)
      }
    >
      <Field
        label={t('kyc.name')}
        hint={t('kyc.name-hint')}
        fault={errors.name && t('sign-in.name-wrong')}
        autoComplete="name"
        maxLength={99}
        {...form.register('name', { validate: isPersonName })}
      />
      <Field
        label={t('kyc.born-on')}
        fault={errors.bornOn && t('kyc.born-on-wrong', { years: minimumAge })}
        type="date"
        autoComplete="bday"
        {...form.register('bornOn', { validate: isOldEnough })}
      />
      <Field
        label={t('kyc.pan')}
        hint={keeps?.maskedPan === undefined ? t('kyc.pan-hint') : t('kyc.kept', { value: keeps.maskedPan })}
        fault={errors.pan && t('kyc.pan-wrong')}
        autoCapitalize="characters"
        autoComplete="off"
        spellCheck={false}
        maxLength={12}
        {...form.register('pan', {
          validate: (pan) => (pan === '' && keeps?.maskedPan !== undefined) || panFault(pan) === undefined,
        })}
      />
      {needsAddress && (
        <>
          <Field
            label={t('kyc.aadhaar')}
            hint={
              keeps?.aadhaarLast4 === undefined
                ? t('kyc.aadhaar-hint')
                : t('kyc.kept', { value: `XXXX XXXX ${keeps.aadhaarLast4}` })
            }
            fault={errors.aadhaar && t('kyc.aadhaar-wrong')}
            inputMode="numeric"
            autoComplete="off"
            maxLength={14}
            {...form.register('aadhaar', { validate: (typed) => typed === '' || isAadhaar(typed) })}
          />
          <Field
            label={t('kyc.line1')}
            fault={errors.line1 && t('kyc.line-wrong')}
            autoComplete="address-line1"
            maxLength={100}
            {...form.register('line1', { validate: (line) => line.trim() !== '' })}
          />
          <Field
            label={t('kyc.line2')}
            autoComplete="address-line2"
            maxLength={100}
            {...form.register('line2')}
          />
          <Field
            label={t('kyc.city')}
            fault={errors.city && t('kyc.line-wrong')}
            autoComplete="address-level2"
            maxLength={60}
            {...form.register('city', { validate: (city) => city.trim() !== '' })}
          />
          <Select
            label={t('kyc.state')}
            value={state}
            onValue={(value) => form.setValue('state', value as IndianState)}
          >
            {indianStates.map((code) => (
              <option key={code} value={code}>
                {stateName(language, code)}
              </option>
            ))}
          </Select>
          <Field
            label={t('kyc.pin-code')}
            fault={errors.pinCode && t('kyc.pin-code-wrong')}
            inputMode="numeric"
            autoComplete="postal-code"
            maxLength={6}
            {...form.register('pinCode', {
              validate: (pinCode, typed) => isPinCodeOf(pinCode, typed.state),
            })}
          />
        </>
      )}
      <p className="text-sm text-soft">{t('kyc.privacy')}</p>
      <ProblemNote error={saving.error} />
      <Button type="submit" busy={saving.isPending} wide>
        {t('action.continue')}
      </Button>
    </form>
  )
}

function bodyOf(tier: KycTier, typed: Typed, needsAddress: boolean): Input<typeof saveKyc>['body'] {
  const { name, bornOn, pan, aadhaar, line1, line2, city, state, pinCode } = typed
  const address = {
    ...{ line1: line1.trim(), city: city.trim(), state, pinCode },
    ...(line2.trim() === '' ? {} : { line2: line2.trim() }),
  }
  return {
    tier,
    form: {
      ...{ name, bornOn },
      ...(pan === '' ? {} : { pan: pan.replaceAll(/\s/g, '').toUpperCase() }),
      ...(aadhaar === '' || !needsAddress ? {} : { aadhaar: aadhaar.replaceAll(/[\s-]/g, '') }),
      ...(needsAddress ? { address } : {}),
    },
  }
}
