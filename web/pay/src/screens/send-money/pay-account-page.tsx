// Pays to a bank account: by its number and its branch, to where only the bank's registered name leads on.
import { findAccountPayee } from '@bahi/contracts/account.ts'
import { asciiDigits, digitsIn } from '@bahi/contracts/digits.ts'
import { AccountNumber, Ifsc } from '@bahi/contracts/formats.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useId } from 'react'
import { useForm, useWatch } from 'react-hook-form'
import { useLocation, useNavigate } from 'react-router'
import { call } from '../../api/client.ts'
import { useBanks } from '../../accounts/use-banks.ts'
import { rememberTypedAccount, useScannedAccount } from '../../accounts/use-registered-payee.ts'
import { useText } from '../../language/language.ts'
import { payPath } from '../../payments/pay-path.ts'
import { orderPath } from '../../payments/requested-payment.ts'
import { useOnline } from '@bahi/web-ui/browser/online.ts'
import { Button } from '@bahi/web-ui/components/button.tsx'
import { Field } from '@bahi/web-ui/components/field.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Note } from '@bahi/web-ui/components/states.tsx'
import { ProblemNote } from '../../api/problem-states.tsx'

type Form = { accountNumber: string; ifsc: string }

const ifscOf = (typed: string) =>
  asciiDigits(typed)
    .replaceAll(/[^a-z0-9]/gi, '')
    .slice(0, 11)
    .toUpperCase()
const fits = (schema: object, typed: string) =>
  new RegExp((schema as { pattern: string }).pattern).test(typed)

export function Component() {
  const t = useText()
  const id = useId()
  const navigate = useNavigate()
  const client = useQueryClient()
  const isOnline = useOnline()
  const banks = useBanks()
  const last = useScannedAccount()
  const scanned = useLocation().state === 'scanned' ? last : undefined
  const { accountNumber = '', ifsc: branch = '' } = scanned ?? {}
  const form = useForm<Form>({ defaultValues: { accountNumber, ifsc: branch } })
  const { errors } = form.formState
  const typedIfsc = useWatch({ control: form.control, name: 'ifsc' })
  const bank = banks.data?.find(({ ifsc }) => ifsc === typedIfsc)
  const finding = useMutation({
    mutationFn: (body: Form) => call(findAccountPayee, { body }),
    onSuccess: (payee, typed) => {
      client.setQueryData(['payee', payee.vpa], payee)
      rememberTypedAccount(client, payee.vpa, typed.accountNumber)
      // Another account than the code's is not what it orders.
      const isOrdered = typed.accountNumber === scanned?.accountNumber && typed.ifsc === scanned.ifsc
      const path = isOrdered
        ? orderPath({ ...scanned.order, vpa: payee.vpa }, scanned.text, scanned.isPicture)
        : payPath({ vpa: payee.vpa })
      void navigate(path, { replace: true })
    },
  })
  const isNobody = finding.error instanceof Problem && finding.error.code === 'not-found'
  const number = form.register('accountNumber', { validate: (typed) => fits(AccountNumber, typed) })
  const ifsc = form.register('ifsc', { validate: (typed) => fits(Ifsc, typed) })
  return (
    <Page
      title={t('pay.by-account')}
      back="/pay"
      footer={
        <Button type="submit" form={id} busy={finding.isPending} disabled={!isOnline} wide>
          {t('action.continue')}
        </Button>
      }
    >
      {scanned && <Note tone="wait">{t('pay.account-scanned')}</Note>}
      <form
        id={id}
        noValidate
        className="flex flex-col gap-5"
        onSubmit={(event) => void form.handleSubmit((values) => finding.mutate(values))(event)}
      >
        <Field
          label={t('accounts.number')}
          hint={t('pay.account-number-hint')}
          fault={errors.accountNumber && t('pay.account-number-wrong')}
          inputMode="numeric"
          autoComplete="off"
          {...number}
          onChange={(event) => {
            event.target.value = digitsIn(event.target.value)
            void number.onChange(event)
          }}
        />
        <Field
          label="IFSC"
          hint={bank?.name ?? t('pay.ifsc-hint')}
          fault={errors.ifsc && t('pay.ifsc-wrong')}
          autoCapitalize="characters"
          autoComplete="off"
          spellCheck={false}
          {...ifsc}
          onChange={(event) => {
            event.target.value = ifscOf(event.target.value)
            void ifsc.onChange(event)
          }}
        />
        {isNobody ? (
          <Note tone="bad" role="alert">
            {t('pay.account-not-found')}
          </Note>
        ) : (
          <ProblemNote error={finding.error} />
        )}
        <div role="status">{!isOnline && <Note tone="wait">{t('pay.offline')}</Note>}</div>
        <p className="text-sm text-soft">{t('pay.account-name')}</p>
      </form>
    </Page>
  )
}
